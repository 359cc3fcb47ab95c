using System.Collections.Immutable;

namespace KLog.Broker.Groups.Consumer;

/// <summary>◆ The topics that a regular expression matched when it was last looked at.</summary>
/// <param name="Topics">In order, each once.</param>
internal sealed record ResolvedExpression(string[] Topics, long Version, long TimestampMs)
{
    public bool HasSameTopics(string[] topics) => Topics.AsSpan().SequenceEqual(topics);
}

/// <summary>
/// ◆ A consumer group, as the log has it (KIP-848). Immutable: an event makes the next one, which holds once its records are
/// in the log.
/// </summary>
/// <param name="Epoch">Bumped when members or topics change; 0 before the first.</param>
/// <param name="AssignmentEpoch">The group epoch that the targets were made for; never above <paramref name="Epoch"/>.</param>
internal sealed record ConsumerGroupState(string GroupId, int Epoch, int AssignmentEpoch)
{
    /// <summary>Of the subscribed topics in the last epoch.</summary>
    public long MetadataHash { get; init; }

    /// <summary>Whether a record of Kafka 4.0 is still there, which later ones remove.</summary>
    public bool HasPartitionMetadata { get; init; }

    public ImmutableDictionary<string, ConsumerMember> Members { get; init; } =
        ImmutableDictionary<string, ConsumerMember>.Empty;

    /// <summary>What each member is to have; one who joined since the last assignment is not here.</summary>
    public ImmutableDictionary<string, MemberPartitions> Targets { get; init; } =
        ImmutableDictionary<string, MemberPartitions>.Empty;

    /// <summary>Member ids of the static members, by instance id.</summary>
    public ImmutableDictionary<string, string> StaticMembers { get; init; } = ImmutableDictionary<string, string>.Empty;

    /// <summary>Every expression that a member has, and no other.</summary>
    public ImmutableDictionary<string, ResolvedExpression> Expressions { get; init; } =
        ImmutableDictionary<string, ResolvedExpression>.Empty;

    public PartitionHolders Holders { get; init; } = PartitionHolders.None;

    public ConsumerMember? Member(string memberId) => Members.GetValueOrDefault(memberId);

    public ConsumerMember? StaticMember(string instanceId) =>
        StaticMembers.TryGetValue(instanceId, out string? memberId) ? Member(memberId) : null;

    public MemberPartitions Target(string memberId) => Targets.GetValueOrDefault(memberId, MemberPartitions.None);

    /// <summary>Whether another member holds a partition.</summary>
    public bool IsHeldByAnother(string memberId, Guid topic, int partition) =>
        Holders.Of(topic, partition) is { } holder && holder != memberId;

    /// <summary>As Kafka names it.</summary>
    public string Name =>
        Members.IsEmpty ? "Empty"
        : Epoch > AssignmentEpoch ? "Assigning"
        : Members.Values.All(member => member.IsReconciledTo(AssignmentEpoch)) ? "Stable"
        : "Reconciling";

    /// <summary>The same with a member put in, or in the place of its former self.</summary>
    public ConsumerGroupState With(ConsumerMember member)
    {
        ConsumerMember? former = Member(member.MemberId);
        return this with
        {
            Members = Members.SetItem(member.MemberId, member),
            StaticMembers = former is not null && former.InstanceId == member.InstanceId
                ? StaticMembers
                : Instances(former, member),
            Holders = Holders.With(former, member),
        };
    }

    /// <summary>The same without a member, and its target.</summary>
    public ConsumerGroupState Without(ConsumerMember member) => this with
    {
        Members = Members.Remove(member.MemberId),
        Targets = Targets.Remove(member.MemberId),
        StaticMembers = Instances(member, null),
        Holders = Holders.With(member, null),
    };

    private ImmutableDictionary<string, string> Instances(ConsumerMember? before, ConsumerMember? after)
    {
        ImmutableDictionary<string, string> instances =
            before?.InstanceId is { } former && StaticMembers.GetValueOrDefault(former) == before.MemberId
                ? StaticMembers.Remove(former)
                : StaticMembers;
        return after?.InstanceId is { } instance ? instances.SetItem(instance, after.MemberId) : instances;
    }
}
