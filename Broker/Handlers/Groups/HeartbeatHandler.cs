using KLog.Broker.Groups;
using KLog.Broker.Requests;
using KLog.Protocol;
using KLog.Protocol.Messages;

namespace KLog.Broker.Handlers.Groups;

/// <summary>Heartbeat, versions 0 to 4: a classic member's sign of life, and how it learns of a rebalance.</summary>
internal sealed class HeartbeatHandler(GroupCoordinator coordinator)
{
    public ValueTask<HeartbeatResponse> HandleAsync(HeartbeatRequest request, RequestContext context)
    {
        GroupShard? shard = coordinator.Find(request.GroupId, out ErrorCode error);
        if (shard is not null)
        {
            ErrorCode outcome = ErrorCode.None;
            (error, _) = shard.Run(request.GroupId, create: false, (group, nowMs, _) =>
                outcome = group.Heartbeat(request.MemberId, request.GroupInstanceId, request.GenerationId, nowMs));
            error = error switch
            {
                ErrorCode.None => outcome,
                ErrorCode.GroupIdNotFound => ErrorCode.UnknownMemberId,

                // A client could do nothing about it; it goes on, and its next requests will be told.
                ErrorCode.CoordinatorLoadInProgress => ErrorCode.None,
                _ => error,
            };
        }

        return new(new HeartbeatResponse { ErrorCode = error });
    }
}
