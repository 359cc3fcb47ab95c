using System.Threading.Channels;
using KLog.Broker.Configuration;
using KLog.Broker.Metadata;
using KLog.Coordination;
using KLog.Coordination.Registries;
using KLog.Protocol;
using Microsoft.Extensions.Logging;

namespace KLog.Broker.Controller;

/// <summary>
/// The controller of the cluster, while this broker is it. Every change goes through one queue, one after the other; who
/// asks gets the answer when the change is in the tree, in the replicas and in what clients are told.
/// </summary>
public sealed class ControllerLoop : IAsyncDisposable
{
    private readonly Channel<Func<Task>> _events = Channel.CreateUnbounded<Func<Task>>(new UnboundedChannelOptions { SingleReader = true });
    private readonly ICoordinationTree _tree;
    private readonly int _brokerId;
    private readonly Func<ControllerFence, ControllerTerm> _newTerm;
    private readonly ControllerRegistry _registry;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly Task _running;
    private volatile ControllerTerm? _term;

    public ControllerLoop(
        ICoordinationTree tree,
        int brokerId,
        LiveBrokerConfig config,
        IReplicas replicas,
        ClusterView view,
        TimeProvider time,
        Random random,
        ILogger logger)
    {
        _tree = tree;
        _brokerId = brokerId;
        _newTerm = fence => new ControllerTerm(tree, fence, brokerId, config, replicas, view, random, logger);
        _registry = new ControllerRegistry(tree);
        _time = time;
        _logger = logger;
        _running = Task.Run(RunAsync);
        tree.StateChanged += OnSession;
    }

    /// <summary>Whether this broker is the controller, as far as it knows.</summary>
    public bool IsActive => _term is not null;

    /// <summary>The controller's epoch in this term; 0 without one.</summary>
    public int Epoch => _term?.Fence.Epoch ?? 0;

    /// <summary>
    /// Stands for election and, when elected, takes over the tree: when this returns, the replicas lead and clients can be
    /// told. Throws <see cref="TreeException"/>, or <see cref="InvalidDataException"/> for a node that makes no sense.
    /// </summary>
    public Task StartAsync(string clusterId, CancellationToken cancellation = default) => EnqueueAsync(async () =>
    {
        if (await _registry.ElectAsync(_brokerId, _time.GetUtcNow().ToUnixTimeMilliseconds(), cancellation) is not { } fence)
        {
            _logger.LogInformation("Another broker is the controller");
            return false;
        }

        ControllerTerm term = _newTerm(fence);
        await term.BeginAsync(clusterId, cancellation);
        _term = term;
        return true;
    });

    /// <summary>Makes topics, or only checks that it could; a result a topic, in their order.</summary>
    public Task<IReadOnlyList<TopicResult>> CreateTopicsAsync(IReadOnlyList<NewTopic> topics, bool validateOnly, CancellationToken cancellation = default) =>
        ChangeAsync(topics.Select(topic => topic.Name), term => term.CreateAsync(topics, validateOnly, cancellation));

    /// <summary>Gives topics more partitions, or only checks that it could; a result a topic, in their order.</summary>
    public Task<IReadOnlyList<TopicResult>> CreatePartitionsAsync(IReadOnlyList<GrowingTopic> topics, bool validateOnly, CancellationToken cancellation = default) =>
        ChangeAsync(topics.Select(topic => topic.Name), term => term.GrowAsync(topics, validateOnly, cancellation));

    /// <summary>Deletes topics; a result a topic, in their order.</summary>
    public Task<IReadOnlyList<TopicResult>> DeleteTopicsAsync(IReadOnlyList<string> topics, CancellationToken cancellation = default) =>
        ChangeAsync(topics, term => term.DeleteAsync(topics, cancellation));

    /// <summary>Finishes what is queued, and gives the controllership up.</summary>
    public async ValueTask DisposeAsync()
    {
        _tree.StateChanged -= OnSession;
        if (!_events.Writer.TryComplete())
        {
            return;
        }

        await _running;
        if (_term is { } term)
        {
            _term = null;
            try
            {
                await _registry.ResignAsync(term.Fence);
            }
            catch (TreeException e)
            {
                _logger.LogInformation("The controllership ends with the session: {Reason}", e.Message);
            }
        }
    }

    private Task<IReadOnlyList<TopicResult>> ChangeAsync(IEnumerable<string> topics, Func<ControllerTerm, Task<IReadOnlyList<TopicResult>>> change) =>
        EnqueueAsync(async () => _term is { } term
            ? await change(term)
            : [.. topics.Select(topic => TopicResult.Refused(topic, ErrorCode.NotController, "This is not the correct controller for this cluster."))]);

    /// <summary>What the event throws, its caller gets; the loop goes on.</summary>
    private async Task<T> EnqueueAsync<T>(Func<Task<T>> change)
    {
        var done = new TaskCompletionSource<T>(TaskCreationOptions.RunContinuationsAsynchronously);
        bool queued = _events.Writer.TryWrite(async () =>
        {
            try
            {
                done.SetResult(await change());
            }
            catch (Exception e)
            {
                done.SetException(e);
            }
        });
        ObjectDisposedException.ThrowIf(!queued, this);
        return await done.Task;
    }

    private async Task RunAsync()
    {
        await foreach (Func<Task> handle in _events.Reader.ReadAllAsync())
        {
            await handle();
        }
    }

    private void OnSession(SessionState state)
    {
        if (state is SessionState.Expired or SessionState.Closed && _term is not null)
        {
            _term = null;
            _logger.LogError("The session with the coordination tree is over: this broker is no longer the controller");
        }
    }
}
