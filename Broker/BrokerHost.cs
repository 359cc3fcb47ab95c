using KLog.Broker.Configuration;
using KLog.Broker.Controller;
using KLog.Broker.Groups;
using KLog.Broker.Handlers;
using KLog.Broker.Metadata;
using KLog.Broker.Network;
using KLog.Broker.Replication;
using KLog.Broker.Requests;
using KLog.Broker.Storage;
using KLog.Coordination;
using KLog.Coordination.Embedded;
using KLog.Coordination.Registries;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace KLog.Broker;

/// <summary>
/// One broker, started and stopped in the order that its parts need: folders, coordination tree, replicas, and the
/// network last, so that no client is answered before everything is there. Stopping goes the other way.
/// </summary>
public sealed class BrokerHost(BrokerConfig initial, TimeProvider time, ILoggerFactory loggers, LogLevels? levels = null)
    : IHostedService, IAsyncDisposable
{
    private readonly LiveBrokerConfig _config = new(initial);
    private readonly LogLevels _levels = levels ?? new LogLevels(LogLevel.Information);
    private readonly Stack<IAsyncDisposable> _started = new();

    private readonly TaskCompletionSource<string> _halted = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>
    /// Ends when the broker cannot go on, with the reason: its last data folder has failed, or its coordination
    /// tree. The process is then to end at
    /// once; stopping in order would wait for disks that do not answer.
    /// </summary>
    public Task<string> Halted => _halted.Task;

    /// <summary>Set once the broker has started.</summary>
    public BrokerIdentity? Identity { get; private set; }

    /// <exception cref="StartupException">Something stands in the way that its message names, with the way out.</exception>
    public async Task StartAsync(CancellationToken cancellationToken)
    {
        try
        {
            Identity = await StartPartsAsync(cancellationToken);
        }
        catch
        {
            await DisposeAsync();
            throw;
        }
    }

    public async Task StopAsync(CancellationToken cancellationToken) => await DisposeAsync();

    public async ValueTask DisposeAsync()
    {
        while (_started.TryPop(out IAsyncDisposable? part))
        {
            await part.DisposeAsync();
        }
    }

    private async Task<BrokerIdentity> StartPartsAsync(CancellationToken cancellation)
    {
        BrokerConfig config = _config.Current;
        Lazy<EmbeddedTree> embedded = new(() => LogFolders.OpenTree(config, time));
        Lazy<EmbeddedSession> session = new(() => embedded.Value.Connect());
        Started(new Opened(embedded));
        LogStore logs = Started(LogFolders.Open(config, topic => ConfigAtStart(session.Value, topic), time, loggers));
        HaltWithoutFolders(logs);
        EmbeddedSession tree = session.Value;
        HaltWithoutTree(tree);

        int id = LogFolders.BrokerId(config, logs);
        string clusterId = await BrokerMembership.PrepareAsync(tree, LogFolders.ClusterId(logs), cancellation);
        LogFolders.Claim(logs, id, clusterId);

        DynamicConfigs dynamic = Started(
            new DynamicConfigs(new ConfigRegistry(tree), _config, id, time, loggers.CreateLogger("configs")));
        await dynamic.StartAsync(logs, cancellation);

        var dispatcher = new RequestDispatcher();
        Listeners listeners = Started(new Listeners(_config, dispatcher, time, loggers));
        long epoch = await BrokerMembership.RegisterAsync(tree, RegistrationOf(id, listeners.Advertised(id, config)), cancellation);
        logs.BrokerEpoch = epoch;

        var view = new ClusterView();
        var replicas = new ReplicaSet(logs);
        GroupCoordinator groups = Started(new GroupCoordinator(_config, dynamic.Groups, replicas, view, time, loggers.CreateLogger("groups")));
        ControllerLoop controller = Started(new ControllerLoop(
            tree, id, _config, new LocalReplicas(logs, replicas, _config), view, time, Random.Shared,
            loggers.CreateLogger("controller")));
        await controller.StartAsync(clusterId, cancellation);

        var identity = new BrokerIdentity(id, clusterId, epoch, listeners.Addresses);
        new Registration(identity, _config, tree, logs, replicas, view, controller, groups, dynamic, _levels, time, loggers)
            .AddTo(dispatcher);
        _config.OnChange((_, changed) => logs.Cleaner = changed.Cleaner);
        logs.Cleaner = _config.Current.Cleaner;
        logs.StartBackground();
        listeners.Start();
        return identity;
    }

    /// <summary>What is wrong with a topic's configs is told, and passed over, when they are applied later.</summary>
    private LogConfig ConfigAtStart(EmbeddedSession tree, string topic)
    {
        try
        {
            // The embedded tree is in memory: this does not wait.
            return TopicConfigs.ToLogConfig(
                _config.Current, new ConfigRegistry(tree).GetAsync(ConfigRegistry.Topics, topic).GetAwaiter().GetResult());
        }
        catch (Exception e) when (e is InvalidConfigException or TreeException or InvalidDataException)
        {
            return LogConfig.Default;
        }
    }

    private void HaltWithoutFolders(LogStore logs)
    {
        foreach (LogDirectory directory in logs.Directories)
        {
            directory.Failed += failed =>
            {
                if (logs.Directories.All(each => each.IsOffline))
                {
                    _halted.TrySetResult($"the last data folder, {failed.Path}, has failed: {failed.OfflineReason}");
                }
            };
        }
    }

    private void HaltWithoutTree(EmbeddedSession tree) => tree.StateChanged += state =>
    {
        if (state == SessionState.Expired)
        {
            _halted.TrySetResult("the coordination tree takes no more changes: its journal in the first data folder could not be written");
        }
    };

    /// <summary>Notes a part that is to be stopped, before those that were started earlier.</summary>
    private T Started<T>(T part)
        where T : IAsyncDisposable
    {
        _started.Push(part);
        return part;
    }

    /// <summary>A tree that recovery may have needed, and that nobody may have opened when a start fails.</summary>
    private sealed class Opened(Lazy<EmbeddedTree> tree) : IAsyncDisposable
    {
        public ValueTask DisposeAsync() => tree.IsValueCreated ? tree.Value.DisposeAsync() : default;
    }

    private BrokerRegistration RegistrationOf(int id, BrokerNode node) => new(
        id,
        [.. node.Endpoints.Select(each => new BrokerEndpoint(each.Key, "PLAINTEXT", each.Value.Host, each.Value.Port))],
        node.Rack,
        time.GetUtcNow().ToUnixTimeMilliseconds());
}
