using KLog.Protocol.Wire;

namespace KLog.Protocol.Messages;

/// <summary>A member of a consumer group joins, lives, reports what it owns, and leaves (KIP-848).</summary>
[Message(ApiKey.ConsumerGroupHeartbeat, "0-1", Flexible = "0+")]
public sealed partial class ConsumerGroupHeartbeatRequest : IRequest<ConsumerGroupHeartbeatRequest, ConsumerGroupHeartbeatResponse>
{
    [Field("0+")]
    public string GroupId { get; set; } = "";

    [Field("0+")]
    public string MemberId { get; set; } = "";

    [Field("0+")]
    public int MemberEpoch { get; set; }

    [Field("0+", Nullable = "0+")]
    public string? InstanceId { get; set; }

    [Field("0+", Nullable = "0+")]
    public string? RackId { get; set; }

    [Field("0+")]
    public int RebalanceTimeoutMs { get; set; } = -1;

    [Field("0+", Nullable = "0+")]
    public string[]? SubscribedTopicNames { get; set; }

    [Field("1+", Nullable = "1+")]
    public string? SubscribedTopicRegex { get; set; }

    [Field("0+", Nullable = "0+")]
    public string? ServerAssignor { get; set; }

    [Field("0+", Nullable = "0+")]
    public TopicPartitionsData[]? TopicPartitions { get; set; }

    public sealed partial class TopicPartitionsData
    {
        [Field("0+")]
        public Guid TopicId { get; set; }

        [Field("0+")]
        public int[] Partitions { get; set; } = [];
    }
}

/// <summary>Member epoch, and the assignment where it changed.</summary>
[Message(ApiKey.ConsumerGroupHeartbeat, "0-1", Flexible = "0+")]
public sealed partial class ConsumerGroupHeartbeatResponse : IMessage<ConsumerGroupHeartbeatResponse>
{
    [Field("0+")]
    public int ThrottleTimeMs { get; set; }

    [Field("0+")]
    public ErrorCode ErrorCode { get; set; }

    [Field("0+", Nullable = "0+")]
    public string? ErrorMessage { get; set; }

    [Field("0+", Nullable = "0+")]
    public string? MemberId { get; set; }

    [Field("0+")]
    public int MemberEpoch { get; set; }

    [Field("0+")]
    public int HeartbeatIntervalMs { get; set; }

    [Field("0+", Nullable = "0+")]
    public AssignmentData? Assignment { get; set; }

    public sealed partial class AssignmentData
    {
        [Field("0+")]
        public TopicPartitionsData[] TopicPartitions { get; set; } = [];
    }

    public sealed partial class TopicPartitionsData
    {
        [Field("0+")]
        public Guid TopicId { get; set; }

        [Field("0+")]
        public int[] Partitions { get; set; } = [];
    }
}
