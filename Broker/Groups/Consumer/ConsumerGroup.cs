using KLog.Broker.Groups.Assignors;
using KLog.Broker.Metadata;
using KLog.Protocol;
using KLog.Protocol.Groups;

namespace KLog.Broker.Groups.Consumer;

/// <summary>
/// ◆ A consumer group (KIP-848): its state as the log has it, and what is known of its members' liveness only here. Requests
/// and time go in; answers, and changes to be written, come out. A change holds when <see cref="Accept"/> is called with it;
/// between an outcome and that, nothing else may be asked of the group. Not thread-safe.
/// </summary>
/// <param name="assignors">By name; those that the settings name are all here.</param>
/// <param name="newMemberId">Makes an id for a member that comes without one.</param>
internal sealed partial class ConsumerGroup(
    string groupId, IReadOnlyDictionary<string, IPartitionAssignor> assignors, Func<string> newMemberId)
{
    private readonly MemberDeadlines _deadlines = new();
    private ConsumerGroupLoading? _loading;

    /// <summary>The last state of the cluster that the group's epoch goes by; null after loading.</summary>
    private ClusterSnapshot? _seen;

    private (ConsumerGroupState Of, HashSet<string> Topics)? _topics;

    public string GroupId => groupId;

    public ConsumerGroupState State { get; private set; } = new(groupId, Epoch: 0, AssignmentEpoch: 0);

    public bool IsEmpty => State.Members.IsEmpty;

    /// <summary>Whether there is anything of it in the log. One that is not, and has no change under way, can be forgotten.</summary>
    public bool IsInLog => State.Epoch != 0 || !IsEmpty;

    /// <summary>When <see cref="Tick"/> is worth calling; it may turn out that nobody is late.</summary>
    public long NextDeadlineMs => _deadlines.NextMs;

    /// <summary>Makes a change hold, whose records are in the log. A downgrade ends the group.</summary>
    public void Accept(GroupChange change)
    {
        Invariant.Holds(ReferenceEquals(change.Before, State), "a group's change is accepted in its turn");
        State = change.After;
        _seen = change.Cluster ?? _seen;
        foreach (string memberId in change.Gone)
        {
            _deadlines.Remove(memberId);
        }

        foreach (DeadlineChange deadline in change.Deadlines)
        {
            _deadlines.Set(deadline.MemberId, deadline.Kind, deadline.AtMs);
        }

        if (change.Gone.Count > 0)
        {
            _deadlines.Recount();
        }
    }

    /// <summary>
    /// Takes out the members that are late. Null where nobody is. Where the change cannot be written, the next call comes to
    /// the same again: wait a little before it.
    /// </summary>
    public GroupChange? Tick(GroupContext context)
    {
        ConsumerMember[] late = [.. _deadlines.Late(context.NowMs).Select(State.Member).OfType<ConsumerMember>()];
        if (late.Length > 0)
        {
            return Remove(late, context);
        }

        if (_deadlines.NextMs <= context.NowMs)
        {
            _deadlines.Recount();
        }

        return null;
    }

    /// <summary>Takes a record while the log is read; <see cref="OnLoaded"/> ends that.</summary>
    /// <param name="name">The member's id or the expression; empty for what concerns the group as a whole.</param>
    /// <exception cref="ProtocolViolationException">The value is none of its type.</exception>
    public void Replay(GroupRecordType type, string name, byte[]? value) =>
        (_loading ??= new ConsumerGroupLoading(State)).Replay(type, name, value);

    /// <summary>The log is read to its end: the members' time starts now.</summary>
    public void OnLoaded(GroupContext context)
    {
        State = _loading?.Finish() ?? State;
        _loading = null;
        _seen = null;
        _deadlines.Clear();
        foreach (ConsumerMember member in State.Members.Values)
        {
            _deadlines.Set(member.MemberId, DeadlineKind.Session, context.NowMs + SessionTimeoutMs(member, context));
            if (member.State == ReconciliationState.UnrevokedPartitions)
            {
                _deadlines.Set(member.MemberId, DeadlineKind.Revocation, context.NowMs + member.RebalanceTimeoutMs);
            }
        }
    }

    /// <summary>The records that remove all of it.</summary>
    public IReadOnlyList<GroupRecord> Tombstones() => [.. ConsumerGroupRecords.Tombstones(State)];

    private static int SessionTimeoutMs(ConsumerMember member, GroupContext context) =>
        member.Classic?.SessionTimeoutMs ?? context.Settings.SessionTimeoutMs;

    private GroupChange Remove(IReadOnlyList<ConsumerMember> members, GroupContext context)
    {
        ConsumerGroupDraft draft = new(State, context);
        if (DowngradeWithout(members, context) is { } downgrade)
        {
            return draft.Downgrade(downgrade);
        }

        Rebalance.Remove(draft, members);
        return draft.Finish()!;
    }
}
