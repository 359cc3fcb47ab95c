using KLog.Protocol;
using KLog.Protocol.Messages;

namespace KLog.Broker.Groups.Classic;

/// <content>SyncGroup: the leader's assignment, and each member's own.</content>
internal sealed partial class ClassicGroup
{
    /// <param name="sync">A request whose bytes stay valid.</param>
    public void Sync(SyncGroupRequest sync, TaskCompletionSource<SyncGroupResponse> reply, long nowMs, GroupEffects effects)
    {
        ErrorCode error = Check(sync, out ClassicMember? member);
        if (error != ErrorCode.None)
        {
            effects.Answer(reply, new SyncGroupResponse { ErrorCode = error });
            return;
        }

        member!.OwesSync = false;
        Touch(member, nowMs);
        if (State == ClassicGroupState.Stable)
        {
            effects.Answer(reply, AssignmentOf(member));
            return;
        }

        if (member.AwaitingSync is { } former)
        {
            effects.Answer(former, new SyncGroupResponse { ErrorCode = ErrorCode.RebalanceInProgress });
        }

        member.AwaitingSync = reply;
        if (member.Id == Leader)
        {
            TakeAssignment(sync, nowMs, effects);
        }
    }

    private ErrorCode Check(SyncGroupRequest sync, out ClassicMember? member)
    {
        ErrorCode error = Check(sync.MemberId, sync.GroupInstanceId, out member);
        if (error != ErrorCode.None)
        {
            return error;
        }

        if (sync.GenerationId != Generation)
        {
            return ErrorCode.IllegalGeneration;
        }

        if ((sync.ProtocolType is { } type && type != ProtocolType) || (sync.ProtocolName is { } name && name != Protocol))
        {
            return ErrorCode.InconsistentGroupProtocol;
        }

        return State switch
        {
            ClassicGroupState.Empty => ErrorCode.UnknownMemberId,
            ClassicGroupState.PreparingRebalance => ErrorCode.RebalanceInProgress,
            _ => ErrorCode.None,
        };
    }

    /// <summary>Nobody is told of an assignment that is not written: another coordinator would not know it.</summary>
    private void TakeAssignment(SyncGroupRequest sync, long nowMs, GroupEffects effects)
    {
        Dictionary<string, ReadOnlyMemory<byte>> assignments = [];
        foreach (SyncGroupRequest.SyncGroupRequestAssignment each in sync.Assignments)
        {
            assignments[each.MemberId] = each.Assignment;
        }

        foreach (ClassicMember member in _members.Values)
        {
            member.Assignment = assignments.GetValueOrDefault(member.Id);
        }

        effects.Write([Record()], error =>
        {
            if (error == ErrorCode.None)
            {
                Enter(ClassicGroupState.Stable, nowMs);
                foreach (ClassicMember member in _members.Values)
                {
                    AnswerSync(member, AssignmentOf(member), nowMs, effects);
                }
            }
            else
            {
                ResetAssignments(WriteErrors.ToClient(error), nowMs, effects);
                PrepareRebalance(nowMs, effects);
            }
        });
    }

    private void ResetAssignments(ErrorCode error, long nowMs, GroupEffects effects)
    {
        foreach (ClassicMember member in _members.Values)
        {
            member.Assignment = default;
            AnswerSync(member, new SyncGroupResponse { ErrorCode = error }, nowMs, effects);
        }
    }

    private void AnswerSync(ClassicMember member, SyncGroupResponse response, long nowMs, GroupEffects effects)
    {
        if (member.AwaitingSync is { } waiting)
        {
            effects.Answer(waiting, response);
            member.AwaitingSync = null;
            Touch(member, nowMs);
        }
    }

    private SyncGroupResponse AssignmentOf(ClassicMember member) => new()
    {
        ProtocolType = ProtocolType,
        ProtocolName = Protocol,
        Assignment = member.Assignment,
    };
}
