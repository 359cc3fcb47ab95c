using KLog.Protocol.Wire;

namespace KLog.Protocol.Groups;

/// <summary>
/// What the records of <c>__consumer_offsets</c> are: the number in front of the key, which Kafka calls the key's version.
/// </summary>
public enum GroupRecordType : short
{
    /// <summary>An offset, by a broker before 0.9; the same layout as <see cref="OffsetCommit"/>.</summary>
    OldOffsetCommit = 0,
    OffsetCommit = 1,
    GroupMetadata = 2,
    ConsumerGroupMetadata = 3,

    /// <summary>Written until Kafka 4.0; later brokers only remove it.</summary>
    ConsumerGroupPartitionMetadata = 4,
    ConsumerGroupMemberMetadata = 5,
    ConsumerGroupTargetAssignmentMetadata = 6,
    ConsumerGroupTargetAssignmentMember = 7,
    ConsumerGroupCurrentMemberAssignment = 8,
    ConsumerGroupRegularExpression = 16,
}

/// <summary>Key of an offset.</summary>
[Message("0-1")]
public sealed partial class OffsetCommitKey : ISchema<OffsetCommitKey>
{
    [Field("0+")]
    public string Group { get; set; } = "";

    [Field("0+")]
    public string Topic { get; set; } = "";

    [Field("0+")]
    public int Partition { get; set; }
}

/// <summary>Key of what concerns a group as a whole: types 2, 3, 4 and 6.</summary>
[Message("2-6")]
public sealed partial class GroupKey : ISchema<GroupKey>
{
    [Field("2+")]
    public string Group { get; set; } = "";
}

/// <summary>Key of what concerns a member: types 5, 7 and 8; and a regular expression, type 16.</summary>
[Message("5-16")]
public sealed partial class GroupMemberKey : ISchema<GroupMemberKey>
{
    [Field("5+")]
    public string Group { get; set; } = "";

    /// <summary>The member's id, or the regular expression.</summary>
    [Field("5+")]
    public string Member { get; set; } = "";
}
