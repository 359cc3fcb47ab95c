using KLog.Broker.Groups;
using KLog.Broker.Requests;
using KLog.Protocol;
using KLog.Protocol.Messages;

namespace KLog.Broker.Handlers.Groups;

/// <summary>
/// ListGroups, versions 0 to 5: the groups that this broker coordinates. Version 4 filters by state (KIP-518), 5 by type
/// (KIP-848); neither minds the case. While a partition loads, its groups are not known yet: the whole answer says so.
/// </summary>
internal sealed class ListGroupsHandler(GroupCoordinator coordinator)
{
    public ValueTask<ListGroupsResponse> HandleAsync(ListGroupsRequest request, RequestContext context)
    {
        List<ListGroupsResponse.ListedGroup> groups = [];
        ErrorCode error = ErrorCode.None;
        foreach (GroupShard shard in coordinator.Shards)
        {
            ErrorCode outcome = shard.ForEach(group =>
            {
                if (Passes(request.StatesFilter, group.State) && Passes(request.TypesFilter, group.Type))
                {
                    groups.Add(new ListGroupsResponse.ListedGroup
                    {
                        GroupId = group.Id,
                        ProtocolType = group.ProtocolType,
                        GroupState = group.State,
                        GroupType = group.Type,
                    });
                }
            });
            error = outcome == ErrorCode.CoordinatorLoadInProgress ? outcome : error;
        }

        return new(new ListGroupsResponse { ErrorCode = error, Groups = error == ErrorCode.None ? [.. groups] : [] });
    }

    private static bool Passes(string[] filter, string value) =>
        filter.Length == 0 || filter.Contains(value, StringComparer.OrdinalIgnoreCase);
}
