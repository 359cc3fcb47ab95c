using KLog.Broker.Groups;
using KLog.Broker.Requests;
using KLog.Protocol;
using KLog.Protocol.Messages;

namespace KLog.Broker.Handlers.Groups;

/// <summary>LeaveGroup, versions 0 to 5: one member; since version 3 several, static ones by instance id too (KIP-345).</summary>
internal sealed class LeaveGroupHandler(GroupCoordinator coordinator)
{
    private const short FirstWithSeveral = 3;

    public async ValueTask<LeaveGroupResponse> HandleAsync(LeaveGroupRequest request, RequestContext context)
    {
        GroupShard? shard = coordinator.Find(request.GroupId, out ErrorCode error);
        if (shard is null)
        {
            return new LeaveGroupResponse { ErrorCode = error };
        }

        LeaveGroupRequest.MemberIdentity[] members = context.ApiVersion >= FirstWithSeveral
            ? request.Members
            : [new LeaveGroupRequest.MemberIdentity { MemberId = request.MemberId }];
        var outcomes = new ErrorCode[members.Length];
        (error, Task? committed) = shard.Run(
            request.GroupId, create: false, (group, nowMs, effects) => group.Leave(members, outcomes, nowMs, effects));
        if (committed is not null)
        {
            await committed;
        }

        if (error == ErrorCode.GroupIdNotFound)
        {
            Array.Fill(outcomes, ErrorCode.UnknownMemberId);
            error = ErrorCode.None;
        }

        if (error != ErrorCode.None || context.ApiVersion < FirstWithSeveral)
        {
            return new LeaveGroupResponse { ErrorCode = error == ErrorCode.None ? outcomes[0] : error };
        }

        return new LeaveGroupResponse
        {
            Members =
            [
                .. members.Select((member, i) => new LeaveGroupResponse.MemberResponse
                {
                    MemberId = member.MemberId,
                    GroupInstanceId = member.GroupInstanceId,
                    ErrorCode = outcomes[i],
                }),
            ],
        };
    }
}
