using KLog.Protocol.Groups;

namespace KLog.Broker.Groups.Consumer;

/// <summary>◆ The records of a consumer group, as Kafka 4.3 writes them.</summary>
internal static class ConsumerGroupRecords
{
    private const short Version = 0;

    public static GroupRecord Epoch(ConsumerGroupState state) => GroupRecord.Of(
        GroupRecordType.ConsumerGroupMetadata,
        state.GroupId,
        new ConsumerGroupMetadataValue { Epoch = state.Epoch, MetadataHash = state.MetadataHash },
        Version);

    public static GroupRecord AssignmentEpoch(ConsumerGroupState state, long nowMs) => GroupRecord.Of(
        GroupRecordType.ConsumerGroupTargetAssignmentMetadata,
        state.GroupId,
        new ConsumerGroupTargetAssignmentMetadataValue { AssignmentEpoch = state.AssignmentEpoch, AssignmentTimestamp = nowMs },
        Version);

    public static GroupRecord Member(string group, ConsumerMember member) => GroupRecord.Of(
        GroupRecordType.ConsumerGroupMemberMetadata,
        group,
        member.MemberId,
        new ConsumerGroupMemberMetadataValue
        {
            InstanceId = member.InstanceId,
            RackId = member.RackId,
            ClientId = member.Origin.ClientId,
            ClientHost = member.Origin.Host,
            SubscribedTopicNames = member.Topics,
            SubscribedTopicRegex = member.Expression ?? "",
            RebalanceTimeoutMs = member.RebalanceTimeoutMs,
            ServerAssignor = member.ServerAssignor,
            ClassicMemberMetadata = member.Classic is null ? null : Classic(member.Classic),
        },
        Version);

    public static GroupRecord Target(string group, string memberId, MemberPartitions target) => GroupRecord.Of(
        GroupRecordType.ConsumerGroupTargetAssignmentMember,
        group,
        memberId,
        new ConsumerGroupTargetAssignmentMemberValue
        {
            TopicPartitions =
            [
                .. target.Topics.Select(topic => new ConsumerGroupTargetAssignmentMemberValue.Partitions
                {
                    TopicId = topic.Key,
                    Indexes = [.. topic.Value],
                }),
            ],
        },
        Version);

    public static GroupRecord Assignment(string group, ConsumerMember member) => GroupRecord.Of(
        GroupRecordType.ConsumerGroupCurrentMemberAssignment,
        group,
        member.MemberId,
        new ConsumerGroupCurrentMemberAssignmentValue
        {
            MemberEpoch = member.Epoch,
            PreviousMemberEpoch = member.PreviousEpoch,
            State = (sbyte)member.State,
            AssignedPartitions = Partitions(member.Assigned),
            PartitionsPendingRevocation = Partitions(member.PendingRevocation),
        },
        Version);

    public static GroupRecord Expression(string group, string expression, ResolvedExpression resolved) => GroupRecord.Of(
        GroupRecordType.ConsumerGroupRegularExpression,
        group,
        expression,
        new ConsumerGroupRegularExpressionValue
        {
            Topics = resolved.Topics,
            Version = resolved.Version,
            Timestamp = resolved.TimestampMs,
        },
        Version);

    /// <summary>Removes what a record of a type says of the group as a whole.</summary>
    public static GroupRecord Tombstone(GroupRecordType type, string group) =>
        GroupRecord.Of<ConsumerGroupMetadataValue>(type, group, null, Version);

    /// <summary>Removes what a record of a type says of a member or an expression.</summary>
    public static GroupRecord Tombstone(GroupRecordType type, string group, string member) =>
        GroupRecord.Of<ConsumerGroupMetadataValue>(type, group, member, null, Version);

    /// <summary>Removes a member. Kafka, when it reads them, wants them in this order.</summary>
    public static IEnumerable<GroupRecord> MemberTombstones(string group, string member) =>
    [
        Tombstone(GroupRecordType.ConsumerGroupCurrentMemberAssignment, group, member),
        Tombstone(GroupRecordType.ConsumerGroupTargetAssignmentMember, group, member),
        Tombstone(GroupRecordType.ConsumerGroupMemberMetadata, group, member),
    ];

    /// <summary>Removes the group, in the order that Kafka wants.</summary>
    public static IEnumerable<GroupRecord> Tombstones(ConsumerGroupState state)
    {
        string group = state.GroupId;
        IEnumerable<GroupRecord> Of(GroupRecordType type, IEnumerable<string> names) =>
            names.Select(name => Tombstone(type, group, name));

        return
        [
            .. Of(GroupRecordType.ConsumerGroupCurrentMemberAssignment, state.Members.Keys),
            .. Of(GroupRecordType.ConsumerGroupTargetAssignmentMember, state.Members.Keys.Union(state.Targets.Keys)),
            Tombstone(GroupRecordType.ConsumerGroupTargetAssignmentMetadata, group),
            .. Of(GroupRecordType.ConsumerGroupMemberMetadata, state.Members.Keys),
            .. Of(GroupRecordType.ConsumerGroupRegularExpression, state.Expressions.Keys),
            .. state.HasPartitionMetadata ? [Tombstone(GroupRecordType.ConsumerGroupPartitionMetadata, group)] : Array.Empty<GroupRecord>(),
            Tombstone(GroupRecordType.ConsumerGroupMetadata, group),
        ];
    }

    /// <summary>Everything that the log has to say of a group.</summary>
    public static IEnumerable<GroupRecord> All(ConsumerGroupState state, long nowMs) =>
    [
        .. state.Members.Values.Select(member => Member(state.GroupId, member)),
        .. state.Expressions.Select(each => Expression(state.GroupId, each.Key, each.Value)),
        Epoch(state),
        .. state.Targets.Select(target => Target(state.GroupId, target.Key, target.Value)),
        AssignmentEpoch(state, nowMs),
        .. state.Members.Values.Select(member => Assignment(state.GroupId, member)),
    ];

    private static ConsumerGroupMemberMetadataValue.ClassicMember Classic(ClassicMembership classic) => new()
    {
        SessionTimeoutMs = classic.SessionTimeoutMs,
        SupportedProtocols =
        [
            .. classic.Protocols.Select(protocol => new ConsumerGroupMemberMetadataValue.ClassicProtocol
            {
                Name = protocol.Name,
                Metadata = protocol.Metadata,
            }),
        ],
    };

    private static ConsumerGroupCurrentMemberAssignmentValue.TopicPartitions[] Partitions(HeldPartitions held) =>
    [
        .. held.All.GroupBy(each => each.Topic).Select(topic => new ConsumerGroupCurrentMemberAssignmentValue.TopicPartitions
        {
            TopicId = topic.Key,
            Partitions = [.. topic.Select(each => each.Partition)],
            AssignmentEpochs = [.. topic.Select(each => each.Epoch)],
        }),
    ];
}
