using System.Collections.Immutable;
using KLog.Protocol;
using KLog.Protocol.Groups;
using KLog.Protocol.Wire;

namespace KLog.Broker.Groups.Consumer;

/// <summary>
/// ◆ Reads a group back from its records, in whatever selection and order compaction has left them: the last word on each
/// thing counts, and what is left of a member whose own record is gone is dropped in the end.
/// </summary>
internal sealed class ConsumerGroupLoading(ConsumerGroupState start)
{
    private readonly Dictionary<string, ConsumerMember> _members = new(start.Members);
    private readonly HashSet<string> _described = [.. start.Members.Keys];
    private readonly Dictionary<string, MemberPartitions> _targets = new(start.Targets);
    private readonly Dictionary<string, ResolvedExpression> _expressions = new(start.Expressions);
    private ConsumerGroupState _state = start;

    /// <summary>Takes a record.</summary>
    /// <param name="name">The member's id or the expression; empty for what concerns the group as a whole.</param>
    /// <exception cref="ProtocolViolationException">The value is none of its type.</exception>
    public void Replay(GroupRecordType type, string name, byte[]? value)
    {
        switch (type)
        {
            case GroupRecordType.ConsumerGroupMetadata:
                Epoch(value);
                break;
            case GroupRecordType.ConsumerGroupPartitionMetadata:
                _state = _state with { HasPartitionMetadata = value is not null };
                break;
            case GroupRecordType.ConsumerGroupMemberMetadata:
                Member(name, value);
                break;
            case GroupRecordType.ConsumerGroupTargetAssignmentMetadata:
                int epoch = value is { } metadata
                    ? Versioned.ReadKnown<ConsumerGroupTargetAssignmentMetadataValue>(metadata).AssignmentEpoch
                    : 0;
                _state = _state with { AssignmentEpoch = epoch };
                break;
            case GroupRecordType.ConsumerGroupTargetAssignmentMember:
                Target(name, value);
                break;
            case GroupRecordType.ConsumerGroupCurrentMemberAssignment:
                Assignment(name, value);
                break;
            case GroupRecordType.ConsumerGroupRegularExpression:
                Expression(name, value);
                break;
            default:
                throw new ArgumentOutOfRangeException(nameof(type), type, "not a record of a consumer group");
        }
    }

    /// <summary>The group as it is after the last record.</summary>
    public ConsumerGroupState Finish()
    {
        // In order of epochs, so that where a torn log has a partition twice, the younger claim stands.
        ConsumerMember[] members = [.. _members.Values.Where(member => _described.Contains(member.MemberId)).OrderBy(member => member.Epoch)];
        PartitionHolders holders = members.Aggregate(PartitionHolders.None, (holders, member) => holders.With(null, member));

        return _state with
        {
            Members = members.ToImmutableDictionary(member => member.MemberId),
            Targets = _targets.Where(target => _described.Contains(target.Key)).ToImmutableDictionary(),
            StaticMembers = ImmutableDictionary.CreateRange(
                members.Where(member => member.InstanceId is not null)
                    .GroupBy(member => member.InstanceId!, member => member.MemberId)
                    .Select(instance => KeyValuePair.Create(instance.Key, instance.Last()))),
            Expressions = _expressions
                .Where(each => members.Any(member => member.Expression == each.Key))
                .ToImmutableDictionary(),
            Holders = holders,
        };
    }

    private void Epoch(byte[]? value)
    {
        ConsumerGroupMetadataValue? read = value is { } bytes ? Versioned.ReadKnown<ConsumerGroupMetadataValue>(bytes) : null;
        _state = _state with { Epoch = read?.Epoch ?? 0, MetadataHash = read?.MetadataHash ?? 0 };
    }

    private void Member(string memberId, byte[]? value)
    {
        if (value is not { } bytes)
        {
            _members.Remove(memberId);
            _described.Remove(memberId);
            return;
        }

        var read = Versioned.ReadKnown<ConsumerGroupMemberMetadataValue>(bytes);
        _described.Add(memberId);
        _members[memberId] = Known(memberId) with
        {
            InstanceId = read.InstanceId,
            RackId = read.RackId,
            Origin = new ClientOrigin(read.ClientId, read.ClientHost),
            Topics = ConsumerMember.InOrder(read.SubscribedTopicNames),
            Expression = string.IsNullOrEmpty(read.SubscribedTopicRegex) ? null : read.SubscribedTopicRegex,
            RebalanceTimeoutMs = read.RebalanceTimeoutMs,
            ServerAssignor = read.ServerAssignor,
            Classic = read.ClassicMemberMetadata is { SupportedProtocols.Length: > 0 } classic ? Classic(classic) : null,
        };
    }

    private void Target(string memberId, byte[]? value)
    {
        if (value is not { } bytes)
        {
            _targets.Remove(memberId);
            return;
        }

        var read = Versioned.ReadKnown<ConsumerGroupTargetAssignmentMemberValue>(bytes);
        _targets[memberId] = MemberPartitions.Of(
            from topic in read.TopicPartitions
            from partition in topic.Indexes
            select (topic.TopicId, partition));
    }

    private void Assignment(string memberId, byte[]? value)
    {
        var read = value is { } bytes ? Versioned.ReadKnown<ConsumerGroupCurrentMemberAssignmentValue>(bytes) : new();
        _members[memberId] = Known(memberId) with
        {
            Epoch = read.MemberEpoch,
            PreviousEpoch = read.PreviousMemberEpoch,
            State = Enum.IsDefined((ReconciliationState)read.State) ? (ReconciliationState)read.State : ReconciliationState.Unknown,
            Assigned = Held(read.AssignedPartitions, read.MemberEpoch),
            PendingRevocation = Held(read.PartitionsPendingRevocation, read.MemberEpoch),
        };
    }

    private void Expression(string expression, byte[]? value)
    {
        if (value is not { } bytes)
        {
            _expressions.Remove(expression);
            return;
        }

        var read = Versioned.ReadKnown<ConsumerGroupRegularExpressionValue>(bytes);
        _expressions[expression] = new ResolvedExpression(ConsumerMember.InOrder(read.Topics), read.Version, read.Timestamp);
    }

    private ConsumerMember Known(string memberId) => _members.GetValueOrDefault(memberId) ?? new ConsumerMember(memberId);

    private static ClassicMembership Classic(ConsumerGroupMemberMetadataValue.ClassicMember read) => new(
        read.SessionTimeoutMs,
        [.. read.SupportedProtocols.Select(protocol => new ClassicProtocol(protocol.Name, protocol.Metadata.ToArray()))]);

    /// <summary>More than any topic can have: what a record says beyond it is not to cost memory.</summary>
    private const uint PartitionsMax = 1 << 20;

    /// <summary>Brokers before 4.3 do not write assignment epochs: the member's own stands for them.</summary>
    private static HeldPartitions Held(ConsumerGroupCurrentMemberAssignmentValue.TopicPartitions[] topics, int memberEpoch) =>
        HeldPartitions.Of(
            from topic in topics
            let epochs = topic.AssignmentEpochs?.Length == topic.Partitions.Length ? topic.AssignmentEpochs : null
            from at in Enumerable.Range(0, topic.Partitions.Length)
            where (uint)topic.Partitions[at] < PartitionsMax
            select new HeldPartition(topic.TopicId, topic.Partitions[at], epochs?[at] ?? memberEpoch));
}
