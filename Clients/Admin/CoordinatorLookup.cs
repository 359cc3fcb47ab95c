using KLog.Clients.Connections;
using KLog.Clients.Errors;
using KLog.Clients.Metadata;
using KLog.Protocol;
using KLog.Protocol.Messages;

namespace KLog.Clients.Admin;

/// <summary>Finds the coordinators of groups: all in one request, or one request each from brokers before 3.0 (KIP-699).</summary>
internal sealed class CoordinatorLookup(ClusterMetadata cluster)
{
    private const short FirstBatched = 4;

    public async Task<Dictionary<string, AdminResult<BrokerNode>>> FindAsync(IReadOnlyList<string> groups, CancellationToken cancellation)
    {
        BrokerConnection connection = await cluster.AnyBrokerAsync(cancellation);
        short version = connection.Versions.Choose<FindCoordinatorRequest>();
        return version >= FirstBatched
            ? await FindAllAsync(connection, version, groups, cancellation)
            : await FindEachAsync(connection, version, groups, cancellation);
    }

    private static async Task<Dictionary<string, AdminResult<BrokerNode>>> FindAllAsync(
        BrokerConnection connection, short version, IReadOnlyList<string> groups, CancellationToken cancellation)
    {
        FindCoordinatorRequest request = new() { CoordinatorKeys = [.. groups] };
        FindCoordinatorResponse response = await connection.SendAsync(request, version, cancellation);
        return response.Coordinators.ToDictionary(
            each => each.Key, each => Result(each.Key, each.ErrorCode, each.ErrorMessage, each.NodeId, each.Host, each.Port));
    }

    private static async Task<Dictionary<string, AdminResult<BrokerNode>>> FindEachAsync(
        BrokerConnection connection, short version, IReadOnlyList<string> groups, CancellationToken cancellation)
    {
        FindCoordinatorResponse[] responses = await Task.WhenAll(
            groups.Select(id => connection.SendAsync(new FindCoordinatorRequest { Key = id }, version, cancellation)));
        return groups.Zip(responses).ToDictionary(
            each => each.First,
            each => Result(each.First, each.Second.ErrorCode, each.Second.ErrorMessage, each.Second.NodeId, each.Second.Host, each.Second.Port));
    }

    private static AdminResult<BrokerNode> Result(string group, ErrorCode code, string? message, int id, string host, int port) =>
        code == ErrorCode.None
            ? new AdminResult<BrokerNode>(new BrokerNode(id, new BrokerAddress(host, port), null))
            : new AdminResult<BrokerNode>(new GroupException(group, code, IsEmptyText(message) ? null : message));

    /// <summary>Kafka 3.9 writes "NONE" into a message that it has not.</summary>
    private static bool IsEmptyText(string? message) => message is null or "" or "NONE";
}
