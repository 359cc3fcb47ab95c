using KLog.Broker.Groups.Assignors;
using KLog.Protocol;
using KLog.Protocol.Groups;

namespace KLog.Broker.Groups.Consumer;

/// <summary>◆ A classic group that goes on as a consumer group.</summary>
/// <param name="Group">Asked what the joining member's heartbeat comes to.</param>
/// <param name="Records">
/// Appended in front of that outcome's records, in one: where the heartbeat is refused, or nothing gets into the log, the
/// group stays a classic one.
/// </param>
internal sealed record GroupUpgrade(ConsumerGroup Group, IReadOnlyList<GroupRecord> Records);

internal sealed partial class ConsumerGroup
{
    /// <summary>The protocol type of classic groups that are consumers.</summary>
    public const string ProtocolType = "consumer";

    private const short GroupMetadataVersion = 3;

    /// <summary>
    /// Makes a classic group a consumer group, as the first member that speaks the consumer protocol joins. A group without
    /// members is always free to go over.
    /// </summary>
    /// <param name="refusal">Why it stays as it is; null where it does not.</param>
    public static GroupUpgrade? FromClassic(
        ClassicGroupFacts facts,
        IReadOnlyDictionary<string, IPartitionAssignor> assignors,
        Func<string> newMemberId,
        GroupContext context,
        out Refusal? refusal)
    {
        ConsumerGroup group = new(facts.GroupId, assignors, newMemberId);
        GroupRecord tombstone = GroupRecord.Of<GroupMetadataValue>(
            GroupRecordType.GroupMetadata, facts.GroupId, null, GroupMetadataVersion);
        refusal = null;
        if (facts.Members.Count == 0)
        {
            return new GroupUpgrade(group, [tombstone]);
        }

        bool isAllowed = context.Settings.MigrationPolicy is GroupMigrationPolicy.Upgrade or GroupMigrationPolicy.Bidirectional;
        if (!isAllowed || facts.ProtocolType != ProtocolType || facts.Members.Count > context.Settings.MaxSize)
        {
            refusal = new Refusal(ErrorCode.GroupIdNotFound, $"Group {facts.GroupId} is not a consumer group.");
            return null;
        }

        try
        {
            if (facts.Members.Any(member => ClassicAssignments.Assignment(member.Assignment).UserData is { IsEmpty: false }))
            {
                refusal = new Refusal(
                    ErrorCode.GroupIdNotFound,
                    $"Cannot upgrade classic group {facts.GroupId} to consumer group because its assignor keeps data of its own.");
                return null;
            }

            group.State = Upgraded(facts, context);
        }
        catch (ProtocolViolationException)
        {
            refusal = new Refusal(
                ErrorCode.GroupIdNotFound,
                $"Cannot upgrade classic group {facts.GroupId} to consumer group because the embedded consumer protocol is malformed.");
            return null;
        }

        group.OnLoaded(context);
        return new GroupUpgrade(group, [tombstone, .. ConsumerGroupRecords.All(group.State, context.NowMs)]);
    }

    private static ConsumerGroupState Upgraded(ClassicGroupFacts facts, GroupContext context)
    {
        ConsumerGroupState state = new(facts.GroupId, facts.Generation, facts.Generation);
        foreach (ClassicMemberFacts each in facts.Members)
        {
            ClassicProtocol chosen = each.Protocols.FirstOrDefault(protocol => protocol.Name == facts.Protocol) ?? each.Protocols[0];
            ConsumerProtocolSubscription subscription = ClassicAssignments.Subscription(chosen.Metadata);

            // A leader may have given a partition to two: the first keeps it.
            MemberPartitions assigned = MemberPartitions.Of(
                ClassicAssignments.Partitions(ClassicAssignments.Assignment(each.Assignment), context.Cluster).All
                    .Where(partition => state.Holders.Of(partition.Topic, partition.Partition) is null));
            state = state.With(new ConsumerMember(each.MemberId)
            {
                InstanceId = each.InstanceId,
                RackId = string.IsNullOrEmpty(subscription.RackId) ? null : subscription.RackId,
                Origin = each.Origin,
                RebalanceTimeoutMs = each.RebalanceTimeoutMs,
                Topics = ConsumerMember.InOrder(subscription.Topics),
                Classic = new ClassicMembership(each.SessionTimeoutMs, each.Protocols),
                Epoch = facts.Generation,
                PreviousEpoch = facts.Generation,
                Assigned = HeldPartitions.Of(assigned, facts.Generation),
            });
            state = state with { Targets = state.Targets.SetItem(each.MemberId, assigned) };
        }

        return state with { MetadataHash = new Subscriptions(state, context.Cluster).Hash() };
    }

    /// <summary>Whether the group goes on as a classic one without some members, or with one of them replaced.</summary>
    /// <param name="replacement">Stays in the place of the members that go; null for nobody.</param>
    private Downgrade? DowngradeWithout(
        IReadOnlyList<ConsumerMember> leaving, GroupContext context, ConsumerMember? replacement = null, bool isRebalanceDue = true)
    {
        HashSet<string> gone = [.. leaving.Select(member => member.MemberId)];
        List<ConsumerMember> staying = [.. State.Members.Values.Where(member => !gone.Contains(member.MemberId))];
        if (replacement is not null)
        {
            staying.Add(replacement);
        }

        bool isPossible = context.MayDowngrade
            && leaving.Any(member => member.Classic is null)
            && staying.Count > 0
            && staying.Count <= context.ClassicSizeMax
            && staying.All(member => member.Classic is not null);
        return isPossible ? new Downgrade(ToClassic(staying, replacement, context), isRebalanceDue) : null;
    }

    private ClassicGroupFacts ToClassic(List<ConsumerMember> members, ConsumerMember? replacement, GroupContext context)
    {
        string protocol = ChooseProtocol(members);
        return new ClassicGroupFacts(
            groupId,
            State.Epoch,
            ProtocolType,
            protocol,
            members[0].MemberId,
            [
                .. members.Select(member => new ClassicMemberFacts(
                    member.MemberId,
                    member.InstanceId,
                    member.Origin,
                    member.RebalanceTimeoutMs,
                    member.Classic!.SessionTimeoutMs,
                    member.Classic.Protocols,
                    ClassicAssignments.Write(
                        ReferenceEquals(member, replacement) ? member.Assigned.ToPartitions() : State.Target(member.MemberId),
                        (member.Classic.Protocols.FirstOrDefault(each => each.Name == protocol) ?? member.Classic.Protocols[0]).Metadata,
                        context.Cluster))),
            ]);
    }

    /// <summary>Of the protocols that all members know, the one that most like best, as in a classic group.</summary>
    private static string ChooseProtocol(List<ConsumerMember> members)
    {
        HashSet<string> known = [.. members[0].Classic!.Protocols.Select(protocol => protocol.Name)];
        foreach (ConsumerMember member in members)
        {
            known.IntersectWith(member.Classic!.Protocols.Select(protocol => protocol.Name));
        }

        return members
            .Select(member => member.Classic!.Protocols.First(protocol => known.Count == 0 || known.Contains(protocol.Name)).Name)
            .GroupBy(name => name)
            .MaxBy(name => name.Count())!.Key;
    }
}
