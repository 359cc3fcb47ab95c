using KLog.Broker.Groups;
using KLog.Broker.Requests;
using KLog.Protocol;
using KLog.Protocol.Messages;

namespace KLog.Broker.Handlers.Groups;

/// <summary>
/// DescribeGroups, versions 0 to 6: classic groups. One that is not there is dead; since version 6 (KIP-1043) it is not found,
/// with a reason.
/// </summary>
internal sealed class DescribeGroupsHandler(GroupCoordinator coordinator)
{
    private const short FirstWithNotFound = 6;

    public ValueTask<DescribeGroupsResponse> HandleAsync(DescribeGroupsRequest request, RequestContext context) => new(new DescribeGroupsResponse
    {
        Groups = [.. request.Groups.Select(group => Describe(group, request.IncludeAuthorizedOperations, context.ApiVersion))],
    });

    private DescribeGroupsResponse.DescribedGroup Describe(string groupId, bool withOperations, short version)
    {
        DescribeGroupsResponse.DescribedGroup? described = null;
        GroupShard? shard = coordinator.FindAny(groupId, out ErrorCode error);
        if (shard is not null)
        {
            (error, _) = shard.Run(groupId, create: false, (group, _, _) => described = group.DescribeClassic());
        }

        if (error == ErrorCode.None && described is null)
        {
            return NotFound(groupId, $"Group {groupId} is not a classic group.", version);
        }

        if (error == ErrorCode.GroupIdNotFound)
        {
            return NotFound(groupId, $"Group {groupId} not found.", version);
        }

        described ??= new DescribeGroupsResponse.DescribedGroup { GroupId = groupId, ErrorCode = error };
        if (withOperations && error == ErrorCode.None)
        {
            described.AuthorizedOperations = AuthorizedOperations.AllOnGroup;
        }

        return described;
    }

    private static DescribeGroupsResponse.DescribedGroup NotFound(string groupId, string reason, short version)
    {
        bool isTold = version >= FirstWithNotFound;
        return new DescribeGroupsResponse.DescribedGroup
        {
            GroupId = groupId,
            GroupState = "Dead",
            ErrorCode = isTold ? ErrorCode.GroupIdNotFound : ErrorCode.None,
            ErrorMessage = isTold ? reason : null,
        };
    }
}
