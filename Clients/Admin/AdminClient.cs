using KLog.Clients.Connections;
using KLog.Clients.Errors;
using KLog.Clients.Metadata;
using KLog.Protocol;
using KLog.Protocol.Messages;

namespace KLog.Clients.Admin;

/// <summary>
/// Administers any Kafka cluster: this part the cluster and its topics. Every operation tries again for as long as
/// <see cref="ClientOptions.ApiTimeout"/> allows where another try may help. Safe for several threads.
/// </summary>
public sealed partial class AdminClient : IAsyncDisposable
{
    private readonly BrokerConnections _connections;
    private readonly ClusterMetadata _cluster;
    private readonly CoordinatorLookup _coordinators;
    private readonly Attempts _attempts;

    public AdminClient(ClientOptions options, TimeProvider time)
    {
        _connections = new BrokerConnections(options, time);
        _cluster = new ClusterMetadata(options, _connections);
        _coordinators = new CoordinatorLookup(_cluster);
        _attempts = new Attempts(options, time);
    }

    /// <summary>Connects once, without trying again: for a tool whose user would rather know at once.</summary>
    /// <exception cref="BrokerUnreachableException">No broker can be reached now.</exception>
    public Task ConnectAsync(CancellationToken cancellation) => _cluster.RefreshAsync([], cancellation);

    public Task<ClusterDescription> DescribeClusterAsync(CancellationToken cancellation) =>
        _attempts.RunAsync("describing the cluster", async token =>
        {
            ClusterView view = await _cluster.RefreshAsync([], token);
            return new ClusterDescription(view.ClusterId, view.ControllerId, [.. view.Brokers.Values.OrderBy(each => each.Id)]);
        }, cancellation);

    /// <summary>Topics with their partitions; no topic is created by being asked for.</summary>
    public async Task<IReadOnlyDictionary<string, AdminResult<TopicView>>> DescribeTopicsAsync(
        IReadOnlyCollection<string> topics, CancellationToken cancellation) =>
        await _attempts.RunAsync<string, TopicView>("describing topics", topics, async (names, token) =>
        {
            ClusterView view = await _cluster.RefreshAsync(names, token);
            return names.Select(name => KeyValuePair.Create(name, Result(name, view.Topics.GetValueOrDefault(name))));
        }, cancellation);

    public async ValueTask DisposeAsync() => await _connections.DisposeAsync();

    /// <summary>A topic that no broker knows is an answer: who asks for it wants to hear that, not to wait for it.</summary>
    private static AdminResult<TopicView> Result(string name, TopicView? topic) => topic?.Error switch
    {
        ErrorCode.None => new AdminResult<TopicView>(topic),
        null or ErrorCode.UnknownTopicOrPartition =>
            new AdminResult<TopicView>(new TopicException(name, ErrorCode.UnknownTopicOrPartition, isRetriable: false)),
        { } code => new AdminResult<TopicView>(new TopicException(name, code, ErrorTexts.IsRetriable(code))),
    };
}
