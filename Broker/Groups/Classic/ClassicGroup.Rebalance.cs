using KLog.Protocol;
using KLog.Protocol.Messages;

namespace KLog.Broker.Groups.Classic;

/// <content>The rebalance: everybody joins again, or time is up.</content>
internal sealed partial class ClassicGroup
{
    /// <summary>A rebalance time-out may be 0; what waits again and again waits at least this long.</summary>
    private const int RetryMinMs = 1_000;

    /// <summary>When the wait for joins ends, in PreparingRebalance.</summary>
    private long _joinDeadlineMs = long.MaxValue;

    /// <summary>When those that owe a sync are taken out, in the two states after it.</summary>
    private long _syncDeadlineMs = long.MaxValue;

    /// <summary>The first members of a group wait for others a while, however many are there.</summary>
    private bool _isInitial;

    /// <summary>What of the initial wait is left, at most.</summary>
    private int _initialLeftMs;

    /// <summary>A member was added since the initial wait was last looked at.</summary>
    private bool _hasGrown;

    /// <summary>Time has come to <paramref name="nowMs"/>.</summary>
    public void Tick(long nowMs, GroupEffects effects)
    {
        foreach (string pending in _pending.Where(each => each.Value <= nowMs).Select(each => each.Key).ToArray())
        {
            _pending.Remove(pending);
        }

        foreach (ClassicMember member in _members.Values.Where(each => each.SessionDeadlineMs <= nowMs && (each.IsNew || !each.IsAwaiting)).ToArray())
        {
            if (_members.ContainsKey(member.Id))
            {
                Expelled(member, effects);
                RemoveAndUpdate(member, nowMs, effects);
            }
        }

        if (State == ClassicGroupState.PreparingRebalance && _joinDeadlineMs <= nowMs)
        {
            JoinTimeIsUp(nowMs, effects);
        }
        else if (State == ClassicGroupState.PreparingRebalance)
        {
            CompleteIfAllJoined(nowMs, effects);
        }
        else if (_syncDeadlineMs <= nowMs)
        {
            SyncTimeIsUp(nowMs, effects);
        }

        Reschedule();
    }

    private void WakeAt(long deadlineMs) => NextDeadlineMs = Math.Min(NextDeadlineMs, deadlineMs);

    private void Reschedule()
    {
        long next = Math.Min(_joinDeadlineMs, _syncDeadlineMs);
        foreach (ClassicMember member in _members.Values)
        {
            if (member.IsNew || !member.IsAwaiting)
            {
                next = Math.Min(next, member.SessionDeadlineMs);
            }
        }

        foreach (long deadline in _pending.Values)
        {
            next = Math.Min(next, deadline);
        }

        NextDeadlineMs = next;
    }

    /// <summary>A sign of life.</summary>
    private void Touch(ClassicMember member, long nowMs)
    {
        member.SessionDeadlineMs = nowMs + member.SessionTimeoutMs;
        WakeAt(member.SessionDeadlineMs);
    }

    private void RebalanceOrComplete(long nowMs, GroupEffects effects)
    {
        if (State is ClassicGroupState.Stable or ClassicGroupState.CompletingRebalance or ClassicGroupState.Empty)
        {
            PrepareRebalance(nowMs, effects);
        }
        else
        {
            CompleteIfAllJoined(nowMs, effects);
        }
    }

    private void PrepareRebalance(long nowMs, GroupEffects effects)
    {
        if (State == ClassicGroupState.CompletingRebalance)
        {
            ResetAssignments(ErrorCode.RebalanceInProgress, nowMs, effects);
        }

        _syncDeadlineMs = long.MaxValue;
        int rebalanceTimeoutMs = RebalanceTimeoutMs();
        _isInitial = State == ClassicGroupState.Empty;
        if (_isInitial)
        {
            _hasGrown = false;
            _initialLeftMs = Math.Max(rebalanceTimeoutMs - Settings.InitialRebalanceDelayMs, 0);
            _joinDeadlineMs = nowMs + Settings.InitialRebalanceDelayMs;
        }
        else
        {
            _joinDeadlineMs = nowMs + rebalanceTimeoutMs;
        }

        Enter(ClassicGroupState.PreparingRebalance, nowMs);
        WakeAt(_joinDeadlineMs);
        CompleteIfAllJoined(nowMs, effects);
    }

    private int RebalanceTimeoutMs() => _members.Count == 0 ? 0 : _members.Values.Max(each => each.RebalanceTimeoutMs);

    private void CompleteIfAllJoined(long nowMs, GroupEffects effects)
    {
        bool isWaiting = _isInitial && _joinDeadlineMs > nowMs;
        if (!isWaiting && _pending.Count == 0 && _members.Values.All(each => each.AwaitingJoin is not null))
        {
            CompleteJoin(nowMs, effects);
        }
    }

    private void JoinTimeIsUp(long nowMs, GroupEffects effects)
    {
        if (_isInitial && _hasGrown && _initialLeftMs > 0)
        {
            _hasGrown = false;
            int delayMs = Math.Min(Settings.InitialRebalanceDelayMs, _initialLeftMs);
            _initialLeftMs -= delayMs;
            _joinDeadlineMs = nowMs + delayMs;
        }
        else
        {
            CompleteJoin(nowMs, effects);
        }
    }

    /// <summary>Goes on with those that have joined. Static members that have not are given until their session ends.</summary>
    private void CompleteJoin(long nowMs, GroupEffects effects)
    {
        foreach (ClassicMember late in _members.Values.Where(each => each.AwaitingJoin is null && each.InstanceId is null).ToArray())
        {
            Remove(late);
        }

        if (_members.Count > 0 && !HasJoinedLeader())
        {
            // Static members alone, none of them back yet: nobody could assign.
            _joinDeadlineMs = nowMs + Math.Max(RebalanceTimeoutMs(), RetryMinMs);
            WakeAt(_joinDeadlineMs);
            return;
        }

        _isInitial = false;
        _joinDeadlineMs = long.MaxValue;
        Generation++;
        if (_members.Count == 0)
        {
            BecomeEmpty(nowMs, effects);
            return;
        }

        Protocol = ChooseProtocol();
        Enter(ClassicGroupState.CompletingRebalance, nowMs);
        foreach (ClassicMember member in _members.Values)
        {
            member.OwesSync = true;
            member.IsNew = false;
            if (member.AwaitingJoin is { } waiting)
            {
                effects.Answer(waiting, CurrentGeneration(member, withMembers: true));
                member.AwaitingJoin = null;
                Touch(member, nowMs);
            }
        }

        _syncDeadlineMs = nowMs + RebalanceTimeoutMs();
        WakeAt(_syncDeadlineMs);
    }

    /// <summary>The leader stays the leader while it joins; otherwise the first that has joined becomes it.</summary>
    private bool HasJoinedLeader()
    {
        if (Leader is not null && _members.TryGetValue(Leader, out ClassicMember? leader) && leader.AwaitingJoin is not null)
        {
            return true;
        }

        ClassicMember? next = _members.Values.FirstOrDefault(each => each.AwaitingJoin is not null);
        Leader = next?.Id ?? Leader;
        return next is not null;
    }

    private void BecomeEmpty(long nowMs, GroupEffects effects)
    {
        Protocol = null;
        Leader = null;
        _syncDeadlineMs = long.MaxValue;
        Enter(ClassicGroupState.Empty, nowMs);

        // Where this cannot be written the former generation is found after a restart, and expires there again.
        effects.Write([Record()]);
    }

    private void SyncTimeIsUp(long nowMs, GroupEffects effects)
    {
        _syncDeadlineMs = long.MaxValue;
        ClassicMember[] late = [.. _members.Values.Where(each => each.OwesSync)];
        foreach (ClassicMember member in late)
        {
            Expelled(member, effects);
            Remove(member);
        }

        if (late.Length > 0)
        {
            PrepareRebalance(nowMs, effects);
        }
    }

    private static void Expelled(ClassicMember member, GroupEffects effects)
    {
        if (member.AwaitingJoin is { } join)
        {
            effects.Answer(join, Refusal(ErrorCode.UnknownMemberId, member.Id));
            member.AwaitingJoin = null;
        }

        if (member.AwaitingSync is { } sync)
        {
            effects.Answer(sync, new SyncGroupResponse { ErrorCode = ErrorCode.UnknownMemberId });
            member.AwaitingSync = null;
        }
    }

    private void RemoveAndUpdate(ClassicMember member, long nowMs, GroupEffects effects)
    {
        Remove(member);
        if (State is ClassicGroupState.Stable or ClassicGroupState.CompletingRebalance)
        {
            PrepareRebalance(nowMs, effects);
        }
        else if (State == ClassicGroupState.PreparingRebalance)
        {
            CompleteIfAllJoined(nowMs, effects);
        }
    }
}
