using KLog.Protocol;
using KLog.Protocol.Messages;

namespace KLog.Broker.Groups.Classic;

/// <content>Signs of life, and leaving.</content>
internal sealed partial class ClassicGroup
{
    public ErrorCode Heartbeat(string memberId, string? instanceId, int generation, long nowMs)
    {
        ErrorCode error = Check(memberId, instanceId, out ClassicMember? member);
        if (error != ErrorCode.None)
        {
            return error;
        }

        if (generation != Generation)
        {
            return ErrorCode.IllegalGeneration;
        }

        if (State == ClassicGroupState.Empty)
        {
            return ErrorCode.UnknownMemberId;
        }

        Touch(member!, nowMs);
        return State == ClassicGroupState.PreparingRebalance ? ErrorCode.RebalanceInProgress : ErrorCode.None;
    }

    /// <summary>Takes a member out; one that is named by its instance alone is meant whatever its id is.</summary>
    public ErrorCode Leave(string memberId, string? instanceId, long nowMs, GroupEffects effects)
    {
        if (State == ClassicGroupState.Dead)
        {
            return ErrorCode.CoordinatorNotAvailable;
        }

        string id = memberId.Length == 0 && instanceId is not null ? _byInstance.GetValueOrDefault(instanceId, "") : memberId;
        if (instanceId is null && _pending.Remove(id))
        {
            if (State == ClassicGroupState.PreparingRebalance)
            {
                CompleteIfAllJoined(nowMs, effects);
            }

            return ErrorCode.None;
        }

        ErrorCode error = Check(id, instanceId, out ClassicMember? member);
        if (error == ErrorCode.None)
        {
            Expelled(member!, effects);
            RemoveAndUpdate(member!, nowMs, effects);
        }

        return error;
    }

    /// <summary>
    /// Whether offsets may be committed in a member's name. Without member and generation only while the group has no
    /// members: a consumer that assigns its partitions itself.
    /// </summary>
    public ErrorCode CheckCommit(string memberId, string? instanceId, int generation, bool isTransactional, long nowMs)
    {
        if (State == ClassicGroupState.Dead)
        {
            return ErrorCode.CoordinatorNotAvailable;
        }

        if (generation < 0 && State == ClassicGroupState.Empty)
        {
            return ErrorCode.None;
        }

        if (generation < 0 && memberId.Length == 0 && instanceId is null)
        {
            return isTransactional ? ErrorCode.None : ErrorCode.UnknownMemberId;
        }

        ErrorCode error = Check(memberId, instanceId, out ClassicMember? member);
        if (error != ErrorCode.None)
        {
            return error;
        }

        if (generation != Generation)
        {
            return ErrorCode.IllegalGeneration;
        }

        if (State == ClassicGroupState.CompletingRebalance)
        {
            return ErrorCode.RebalanceInProgress;
        }

        if (!isTransactional)
        {
            Touch(member!, nowMs);
        }

        return ErrorCode.None;
    }

    /// <summary>Nothing may be done with it from now on; who waits is told.</summary>
    public void Die(ErrorCode reason, long nowMs, GroupEffects effects)
    {
        foreach (ClassicMember member in _members.Values)
        {
            if (member.AwaitingJoin is { } join)
            {
                effects.Answer(join, Refusal(reason, member.Id));
                member.AwaitingJoin = null;
            }

            AnswerSync(member, new SyncGroupResponse { ErrorCode = reason }, nowMs, effects);
        }

        Enter(ClassicGroupState.Dead, nowMs);
        NextDeadlineMs = long.MaxValue;
    }
}
