using KLog.Protocol.Messages;

namespace KLog.Broker.Groups.Consumer;

/// <summary>
/// ◆ The next step of a member towards its target (KIP-848, "Reconciliation"):
/// <code>
///                    has to give something back
///        STABLE ───────────────────────────────────▶ UNREVOKED_PARTITIONS   (stays in its epoch)
///          ▲  │                                            │ has given it back
///          │  └──────────┐ nothing to give back            ▼
///          │             └────────────────────▶ target epoch: takes what is free
///          │ all there                                     │ others still hold some of it
///          └───────────────────────────────── UNRELEASED_PARTITIONS ◀──┘
/// </code>
/// </summary>
internal readonly ref struct Reconciliation
{
    public required ConsumerGroupState Group { get; init; }

    public required int TargetEpoch { get; init; }

    public required MemberPartitions Target { get; init; }

    /// <summary>What the member says that it owns; null where it does not say.</summary>
    public required IReadOnlyList<ConsumerGroupHeartbeatRequest.TopicPartitionsData>? Owned { get; init; }

    /// <summary>The topics that it subscribes to; it keeps no other.</summary>
    public required IReadOnlySet<Guid> Subscribed { get; init; }

    /// <summary>The member after the step; itself where it has to wait.</summary>
    public ConsumerMember Step(ConsumerMember member)
    {
        switch (member.State)
        {
            case ReconciliationState.Stable when member.Epoch == TargetEpoch:
            case ReconciliationState.UnrevokedPartitions when StillOwns(member.PendingRevocation):
                return DropUnsubscribed(member);
            case ReconciliationState.Unknown:
                return TowardsTarget(member with { Epoch = TargetEpoch });
            default:
                return TowardsTarget(member);
        }
    }

    private bool StillOwns(HeldPartitions partitions) =>
        !partitions.IsEmpty && (Owned is null || partitions.ContainsAny(Owned));

    /// <summary>Takes away the topics that the member no longer subscribes to, before there is a new target.</summary>
    private ConsumerMember DropUnsubscribed(ConsumerMember member)
    {
        IReadOnlySet<Guid> subscribed = Subscribed;
        if (member.Assigned.All.All(each => subscribed.Contains(each.Topic)))
        {
            return member;
        }

        HeldPartitions kept = HeldPartitions.Of(member.Assigned.All.Where(each => subscribed.Contains(each.Topic)));
        HeldPartitions pending = HeldPartitions.Of(
            member.PendingRevocation.All.Concat(member.Assigned.All.Where(each => !subscribed.Contains(each.Topic))));
        return StillOwns(pending)
            ? Moved(member, member.Epoch, ReconciliationState.UnrevokedPartitions, kept, pending)
            : Moved(member, member.Epoch, member.State, kept, member.PendingRevocation);
    }

    private ConsumerMember TowardsTarget(ConsumerMember member)
    {
        IReadOnlySet<Guid> subscribed = Subscribed;
        MemberPartitions target = Target;
        ConsumerGroupState group = Group;
        bool IsWanted(HeldPartition each) => subscribed.Contains(each.Topic) && target.Contains(each.Topic, each.Partition);

        HeldPartitions kept = HeldPartitions.Of(member.Assigned.All.Where(IsWanted));
        HeldPartitions pending = HeldPartitions.Of(member.Assigned.All.Where(each => !IsWanted(each)));
        if (StillOwns(pending))
        {
            return Moved(member, member.Epoch, ReconciliationState.UnrevokedPartitions, kept, pending);
        }

        (Guid Topic, int Partition)[] missing =
            [.. target.All.Where(each => subscribed.Contains(each.Topic) && !kept.Contains(each.Topic, each.Partition))];
        (Guid Topic, int Partition)[] free =
            [.. missing.Where(each => !group.IsHeldByAnother(member.MemberId, each.Topic, each.Partition))];
        int epoch = TargetEpoch;
        HeldPartitions all = free.Length == 0
            ? kept
            : HeldPartitions.Of(kept.All.Concat(free.Select(each => new HeldPartition(each.Topic, each.Partition, epoch))));
        return Moved(
            member,
            epoch,
            free.Length < missing.Length ? ReconciliationState.UnreleasedPartitions : ReconciliationState.Stable,
            all,
            HeldPartitions.None);
    }

    private static ConsumerMember Moved(
        ConsumerMember member, int epoch, ReconciliationState state, HeldPartitions assigned, HeldPartitions pending)
    {
        bool isSame = epoch == member.Epoch
            && state == member.State
            && assigned.Equals(member.Assigned)
            && pending.Equals(member.PendingRevocation);
        return isSame ? member : member with
        {
            Epoch = epoch,
            PreviousEpoch = member.Epoch,
            State = state,
            Assigned = assigned,
            PendingRevocation = pending,
        };
    }
}
