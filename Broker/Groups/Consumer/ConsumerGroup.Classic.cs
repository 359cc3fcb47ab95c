using KLog.Protocol;
using KLog.Protocol.Messages;

namespace KLog.Broker.Groups.Consumer;

/// <content>What members that speak the classic protocol ask when they have joined.</content>
internal sealed partial class ConsumerGroup
{
    /// <summary>A member that has joined asks for its assignment. Nothing is written.</summary>
    public SyncGroupResponse ClassicSync(SyncGroupRequest request, GroupContext context)
    {
        ErrorCode error = FindClassic(request.MemberId, request.GroupInstanceId, request.GenerationId, out ConsumerMember? member);
        if (error != ErrorCode.None)
        {
            return new SyncGroupResponse { ErrorCode = error };
        }

        ClassicProtocol protocol = member!.Classic!.Protocols[0];
        bool isOther = request.ProtocolType is not null and not ProtocolType
            || (request.ProtocolName is { } name && name != protocol.Name);
        if (isOther)
        {
            return new SyncGroupResponse { ErrorCode = ErrorCode.InconsistentGroupProtocol };
        }

        // One that has still to give back has joined for this epoch: it does that first.
        if (State.Epoch > member.Epoch && member.State != ReconciliationState.UnrevokedPartitions)
        {
            CallToJoin(member, context);
            return new SyncGroupResponse { ErrorCode = ErrorCode.RebalanceInProgress };
        }

        _deadlines.Set(member.MemberId, DeadlineKind.Sync, MemberDeadlines.Never);
        Touch(member, context);
        return new SyncGroupResponse
        {
            ProtocolType = request.ProtocolType,
            ProtocolName = request.ProtocolName,
            Assignment = ClassicAssignments.Write(member.Assigned.ToPartitions(), protocol.Metadata, context.Cluster),
        };
    }

    /// <summary>A member lives, and hears whether there is a step for it to take. Nothing is written.</summary>
    public ErrorCode ClassicHeartbeat(string memberId, string? instanceId, int generation, GroupContext context)
    {
        ErrorCode error = FindClassic(memberId, instanceId, generation, out ConsumerMember? member);
        if (error != ErrorCode.None)
        {
            return error;
        }

        Touch(member!, context);
        bool hasToJoin = member!.Epoch < State.Epoch
            || member.State == ReconciliationState.UnrevokedPartitions
            || (member.State == ReconciliationState.UnreleasedPartitions && IsAllFree(member));
        if (!hasToJoin)
        {
            return ErrorCode.None;
        }

        CallToJoin(member, context);
        return ErrorCode.RebalanceInProgress;
    }

    /// <summary>
    /// Members leave, of either protocol, as an administrator may take out any: by their ids, or static ones by their
    /// instance ids alone, whatever their ids are. The response has an error for each.
    /// </summary>
    public Outcome<ErrorCode[]> ClassicLeave(IReadOnlyList<LeaveGroupRequest.MemberIdentity> members, GroupContext context)
    {
        ErrorCode[] errors = new ErrorCode[members.Count];
        List<ConsumerMember> leaving = [];
        for (int at = 0; at < members.Count; at++)
        {
            LeaveGroupRequest.MemberIdentity identity = members[at];
            ConsumerMember? member = Former(identity.MemberId, identity.GroupInstanceId);
            bool isNamed = identity.GroupInstanceId is null || identity.MemberId.Length > 0;
            errors[at] = member is null ? ErrorCode.UnknownMemberId
                : isNamed && member.MemberId != identity.MemberId ? ErrorCode.FencedInstanceId
                : ErrorCode.None;
            if (errors[at] == ErrorCode.None && !leaving.Contains(member!))
            {
                leaving.Add(member!);
            }
        }

        return new(errors, leaving.Count == 0 ? null : Remove(leaving, context));
    }

    private ErrorCode FindClassic(string memberId, string? instanceId, int generation, out ConsumerMember? member)
    {
        member = Former(memberId, instanceId);
        return member is null ? ErrorCode.UnknownMemberId
            : member.MemberId != memberId ? ErrorCode.FencedInstanceId
            : member.Classic is null ? ErrorCode.UnknownMemberId
            : member.Epoch != generation ? ErrorCode.IllegalGeneration
            : ErrorCode.None;
    }

    private void Touch(ConsumerMember member, GroupContext context) =>
        _deadlines.Set(member.MemberId, DeadlineKind.Session, context.NowMs + SessionTimeoutMs(member, context));

    /// <summary>From the first call on its time to join runs.</summary>
    private void CallToJoin(ConsumerMember member, GroupContext context)
    {
        if (_deadlines.Of(member.MemberId, DeadlineKind.Join) == MemberDeadlines.Never)
        {
            _deadlines.Set(member.MemberId, DeadlineKind.Join, context.NowMs + member.RebalanceTimeoutMs);
        }
    }

    private bool IsAllFree(ConsumerMember member) =>
        State.Target(member.MemberId).All.All(each => !State.IsHeldByAnother(member.MemberId, each.Topic, each.Partition));
}
