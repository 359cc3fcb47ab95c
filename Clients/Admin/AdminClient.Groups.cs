using KLog.Clients.Connections;
using KLog.Clients.Errors;
using KLog.Clients.Metadata;
using KLog.Protocol;
using KLog.Protocol.Messages;

namespace KLog.Clients.Admin;

/// <summary>Groups: listing, describing, deleting them.</summary>
public sealed partial class AdminClient
{
    /// <summary>Groups of all brokers, by name.</summary>
    /// <param name="states">Only those in one of these; empty for all.</param>
    /// <param name="types">Only those of one of these; empty for all.</param>
    /// <exception cref="UnsupportedRequestException">A broker is too old for the filter.</exception>
    public async Task<IReadOnlyList<GroupListing>> ListGroupsAsync(
        IReadOnlyCollection<GroupState> states, IReadOnlyCollection<GroupType> types, CancellationToken cancellation)
    {
        ListGroupsRequest request = new()
        {
            StatesFilter = [.. states.Select(each => $"{each}")],
            TypesFilter = [.. types.Select(each => $"{each}")],
        };
        short versionMin = types.Count > 0 ? (short)5 : states.Count > 0 ? (short)4 : (short)0;
        Dictionary<string, GroupListing> found = new(StringComparer.Ordinal);
        ClusterDescription cluster = await DescribeClusterAsync(cancellation);
        Dictionary<BrokerNode, AdminResult<ListGroupsResponse>> answers = await _attempts.RunAsync<BrokerNode, ListGroupsResponse>(
            "listing groups",
            cluster.Brokers,
            (brokers, token) => Attempts.ByBrokerAsync<BrokerNode, ListGroupsResponse>(
                brokers.ToDictionary(each => each, each => new AdminResult<BrokerNode>(each)),
                async (broker, _) => [new(broker, await ListGroupsAsync(broker, request, versionMin, token))]),
            cancellation);
        foreach (ListGroupsResponse.ListedGroup group in answers.Values.SelectMany(each => each.Value.Groups))
        {
            found[group.GroupId] = new GroupListing(
                group.GroupId, group.ProtocolType, GroupNames.State(group.GroupState), GroupNames.Type(group.GroupType));
        }

        return [.. found.Values.OrderBy(each => each.GroupId, StringComparer.Ordinal)];
    }

    public async Task<IReadOnlyDictionary<string, AdminResult<GroupDescription>>> DescribeGroupsAsync(
        IReadOnlyCollection<string> groups, CancellationToken cancellation) =>
        await AtCoordinatorsAsync("describing groups", groups, DescribeGroups.AskAsync, cancellation);

    /// <summary>Deletes groups that have no members.</summary>
    public async Task<IReadOnlyDictionary<string, AdminResult<Done>>> DeleteGroupsAsync(
        IReadOnlyCollection<string> groups, CancellationToken cancellation) =>
        await AtCoordinatorsAsync<Done>("deleting groups", groups, async (connection, _, ids, token) =>
        {
            DeleteGroupsResponse response = await connection.SendAsync(new DeleteGroupsRequest { GroupsNames = [.. ids] }, token);
            return response.Results.Select(each => KeyValuePair.Create(each.GroupId, GroupResult(each.GroupId, each.ErrorCode, default(Done))));
        }, cancellation);

    /// <summary>Asks each group's coordinator, and again when it has moved or is loading.</summary>
    private Task<Dictionary<string, AdminResult<T>>> AtCoordinatorsAsync<T>(
        string what,
        IEnumerable<string> groups,
        Func<BrokerConnection, BrokerNode, IReadOnlyList<string>, CancellationToken, Task<IEnumerable<KeyValuePair<string, AdminResult<T>>>>> ask,
        CancellationToken cancellation) =>
        _attempts.RunAsync<string, T>(
            what,
            groups,
            async (open, token) => await Attempts.ByBrokerAsync<string, T>(
                await _coordinators.FindAsync(open, token),
                async (broker, ids) => await ask(await _connections.GetAsync(broker.Address, token), broker, ids, token)),
            cancellation);

    internal static AdminResult<T> GroupResult<T>(string group, ErrorCode code, T value) =>
        code == ErrorCode.None ? new AdminResult<T>(value) : new AdminResult<T>(new GroupException(group, code));

    private async Task<AdminResult<ListGroupsResponse>> ListGroupsAsync(
        BrokerNode broker, ListGroupsRequest request, short versionMin, CancellationToken cancellation)
    {
        BrokerConnection connection = await _connections.GetAsync(broker.Address, cancellation);
        short version = connection.Versions.Choose<ListGroupsRequest>(versionMin);
        ListGroupsResponse response = await connection.SendAsync(request, version, cancellation);
        return response.ErrorCode == ErrorCode.None
            ? new AdminResult<ListGroupsResponse>(response)
            : new AdminResult<ListGroupsResponse>(new BrokerException(broker.Address, ApiKey.ListGroups, response.ErrorCode));
    }
}
