using KLog.Protocol.Wire;

namespace KLog.Protocol.Groups;

/// <summary>A group's epoch (KIP-848).</summary>
[Message("0", Flexible = "0+")]
public sealed partial class ConsumerGroupMetadataValue : ISchema<ConsumerGroupMetadataValue>
{
    [Field("0+")]
    public int Epoch { get; set; }

    /// <summary>Of the topics that the group subscribes to: when it changes, the group is rebalanced (KIP-1101).</summary>
    [Field("0+", Tagged = "0+", Tag = 0)]
    public long MetadataHash { get; set; }
}

/// <summary>A member, in the group's view.</summary>
[Message("0", Flexible = "0+")]
public sealed partial class ConsumerGroupMemberMetadataValue : ISchema<ConsumerGroupMemberMetadataValue>
{
    [Field("0+", Nullable = "0+")]
    public string? InstanceId { get; set; }

    [Field("0+", Nullable = "0+")]
    public string? RackId { get; set; }

    [Field("0+")]
    public string ClientId { get; set; } = "";

    [Field("0+")]
    public string ClientHost { get; set; } = "";

    [Field("0+")]
    public string[] SubscribedTopicNames { get; set; } = [];

    [Field("0+", Nullable = "0+")]
    public string? SubscribedTopicRegex { get; set; }

    [Field("0+")]
    public int RebalanceTimeoutMs { get; set; } = -1;

    [Field("0+", Nullable = "0+")]
    public string? ServerAssignor { get; set; }

    /// <summary>
    /// Of a member that speaks the classic protocol; null for others, which is written too, since it is not the default.
    /// </summary>
    [Field("0+", Nullable = "0+", Tagged = "0+", Tag = 0)]
    public ClassicMember? ClassicMemberMetadata { get; set; } = new();

    public sealed partial class ClassicMember
    {
        [Field("0+")]
        public int SessionTimeoutMs { get; set; }

        [Field("0+")]
        public ClassicProtocol[] SupportedProtocols { get; set; } = [];
    }

    public sealed partial class ClassicProtocol
    {
        [Field("0+")]
        public string Name { get; set; } = "";

        [Field("0+")]
        public ReadOnlyMemory<byte> Metadata { get; set; }
    }
}

/// <summary>The group epoch that the target assignment was made for.</summary>
[Message("0", Flexible = "0+")]
public sealed partial class ConsumerGroupTargetAssignmentMetadataValue : ISchema<ConsumerGroupTargetAssignmentMetadataValue>
{
    [Field("0+")]
    public int AssignmentEpoch { get; set; }

    [Field("0+", Tagged = "0+", Tag = 0, Ignorable = true)]
    public long AssignmentTimestamp { get; set; }
}

/// <summary>What a member is to have.</summary>
[Message("0", Flexible = "0+")]
public sealed partial class ConsumerGroupTargetAssignmentMemberValue : ISchema<ConsumerGroupTargetAssignmentMemberValue>
{
    [Field("0+")]
    public Partitions[] TopicPartitions { get; set; } = [];

    public sealed partial class Partitions
    {
        [Field("0+")]
        public Guid TopicId { get; set; }

        [Field("0+")]
        public int[] Indexes { get; set; } = [];
    }
}

/// <summary>What a member has, and has still to give back.</summary>
[Message("0", Flexible = "0+")]
public sealed partial class ConsumerGroupCurrentMemberAssignmentValue : ISchema<ConsumerGroupCurrentMemberAssignmentValue>
{
    [Field("0+")]
    public int MemberEpoch { get; set; }

    [Field("0+")]
    public int PreviousMemberEpoch { get; set; }

    [Field("0+")]
    public sbyte State { get; set; }

    [Field("0+")]
    public TopicPartitions[] AssignedPartitions { get; set; } = [];

    [Field("0+")]
    public TopicPartitions[] PartitionsPendingRevocation { get; set; } = [];

    public sealed partial class TopicPartitions
    {
        [Field("0+")]
        public Guid TopicId { get; set; }

        [Field("0+")]
        public int[] Partitions { get; set; } = [];

        /// <summary>The epoch in which each was assigned, in their order (KIP-1251).</summary>
        [Field("0+", Nullable = "0+", Tagged = "0+", Tag = 0)]
        public int[]? AssignmentEpochs { get; set; }
    }
}

/// <summary>The topics that a member's regular expression matched when it was last looked at.</summary>
[Message("0", Flexible = "0+")]
public sealed partial class ConsumerGroupRegularExpressionValue : ISchema<ConsumerGroupRegularExpressionValue>
{
    [Field("0+")]
    public string[] Topics { get; set; } = [];

    /// <summary>Of the cluster's metadata then.</summary>
    [Field("0+")]
    public long Version { get; set; }

    [Field("0+")]
    public long Timestamp { get; set; }
}
