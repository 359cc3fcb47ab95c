using KLog.Broker.Groups;
using KLog.Broker.Requests;
using KLog.Protocol;
using KLog.Protocol.Messages;

namespace KLog.Broker.Handlers.Groups;

/// <summary>SyncGroup, versions 0 to 5. Answered when the leader's assignment is written.</summary>
internal sealed class SyncGroupHandler(GroupCoordinator coordinator)
{
    private const short FirstWithProtocol = 5;

    public async ValueTask<SyncGroupResponse> HandleAsync(SyncGroupRequest request, RequestContext context)
    {
        GroupShard? shard = coordinator.Find(request.GroupId, out ErrorCode error);
        if (context.ApiVersion >= FirstWithProtocol && (request.ProtocolType is null || request.ProtocolName is null))
        {
            return new SyncGroupResponse { ErrorCode = ErrorCode.InconsistentGroupProtocol };
        }

        if (shard is null)
        {
            return new SyncGroupResponse { ErrorCode = error };
        }

        foreach (SyncGroupRequest.SyncGroupRequestAssignment assignment in request.Assignments)
        {
            assignment.Assignment = assignment.Assignment.ToArray();
        }

        var reply = new TaskCompletionSource<SyncGroupResponse>(TaskCreationOptions.RunContinuationsAsynchronously);
        (error, _) = shard.Run(
            request.GroupId, create: false, (group, nowMs, effects) => group.Sync(request, reply, nowMs, effects));
        return error == ErrorCode.None
            ? await reply.Task
            : new SyncGroupResponse { ErrorCode = error == ErrorCode.GroupIdNotFound ? ErrorCode.UnknownMemberId : error };
    }
}
