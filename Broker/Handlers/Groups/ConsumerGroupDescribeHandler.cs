using KLog.Broker.Groups;
using KLog.Broker.Requests;
using KLog.Protocol;
using KLog.Protocol.Messages;

namespace KLog.Broker.Handlers.Groups;

/// <summary>ConsumerGroupDescribe, versions 0 and 1 (KIP-848); version 1 tells which protocol a member speaks.</summary>
internal sealed class ConsumerGroupDescribeHandler(GroupCoordinator coordinator)
{
    public ValueTask<ConsumerGroupDescribeResponse> HandleAsync(ConsumerGroupDescribeRequest request, RequestContext context) => new(new ConsumerGroupDescribeResponse
    {
        Groups = [.. request.GroupIds.Select(group => Describe(group, request.IncludeAuthorizedOperations))],
    });

    private ConsumerGroupDescribeResponse.DescribedGroup Describe(string groupId, bool withOperations)
    {
        ConsumerGroupDescribeResponse.DescribedGroup? described = null;
        GroupShard? shard = coordinator.Find(groupId, out ErrorCode error);
        if (shard is not null)
        {
            (error, _) = shard.Run(groupId, create: false, (group, _, _) => described = group.DescribeConsumer());
        }

        if (described is null)
        {
            bool isThere = error == ErrorCode.None;
            error = isThere ? ErrorCode.GroupIdNotFound : error;
            string? reason = isThere ? $"Group {groupId} is not a consumer group."
                : error == ErrorCode.GroupIdNotFound ? $"Group {groupId} not found."
                : null;
            return new ConsumerGroupDescribeResponse.DescribedGroup { GroupId = groupId, ErrorCode = error, ErrorMessage = reason };
        }

        if (withOperations)
        {
            described.AuthorizedOperations = AuthorizedOperations.AllOnGroup;
        }

        return described;
    }
}
