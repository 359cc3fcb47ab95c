using KLog.Protocol.Wire;

namespace KLog.Protocol.Messages;

/// <summary>Asks for topics page by page (KIP-966).</summary>
[Message(ApiKey.DescribeTopicPartitions, "0", Flexible = "0+")]
public sealed partial class DescribeTopicPartitionsRequest : IRequest<DescribeTopicPartitionsRequest, DescribeTopicPartitionsResponse>
{
    [Field("0+")]
    public TopicRequest[] Topics { get; set; } = [];

    [Field("0+")]
    public int ResponsePartitionLimit { get; set; } = 2000;

    [Field("0+", Nullable = "0+")]
    public CursorData? Cursor { get; set; }

    public sealed partial class TopicRequest
    {
        [Field("0+")]
        public string Name { get; set; } = "";
    }

    public sealed partial class CursorData
    {
        [Field("0+")]
        public string TopicName { get; set; } = "";

        [Field("0+")]
        public int PartitionIndex { get; set; }
    }
}

/// <summary>Topics with their partitions, and the cursor of the next page.</summary>
[Message(ApiKey.DescribeTopicPartitions, "0", Flexible = "0+")]
public sealed partial class DescribeTopicPartitionsResponse : IMessage<DescribeTopicPartitionsResponse>
{
    [Field("0+", Ignorable = true)]
    public int ThrottleTimeMs { get; set; }

    [Field("0+")]
    public DescribeTopicPartitionsResponseTopic[] Topics { get; set; } = [];

    [Field("0+", Nullable = "0+")]
    public Cursor? NextCursor { get; set; }

    public sealed partial class DescribeTopicPartitionsResponseTopic
    {
        [Field("0+")]
        public ErrorCode ErrorCode { get; set; }

        [Field("0+", Nullable = "0+")]
        public string? Name { get; set; } = "";

        [Field("0+", Ignorable = true)]
        public Guid TopicId { get; set; }

        [Field("0+", Ignorable = true)]
        public bool IsInternal { get; set; }

        [Field("0+")]
        public DescribeTopicPartitionsResponsePartition[] Partitions { get; set; } = [];

        [Field("0+")]
        public int TopicAuthorizedOperations { get; set; } = int.MinValue;

        public sealed partial class DescribeTopicPartitionsResponsePartition
        {
            [Field("0+")]
            public ErrorCode ErrorCode { get; set; }

            [Field("0+")]
            public int PartitionIndex { get; set; }

            [Field("0+")]
            public int LeaderId { get; set; }

            [Field("0+", Ignorable = true)]
            public int LeaderEpoch { get; set; } = -1;

            [Field("0+")]
            public int[] ReplicaNodes { get; set; } = [];

            [Field("0+")]
            public int[] IsrNodes { get; set; } = [];

            [Field("0+", Nullable = "0+")]
            public int[]? EligibleLeaderReplicas { get; set; }

            [Field("0+", Nullable = "0+")]
            public int[]? LastKnownElr { get; set; }

            [Field("0+", Ignorable = true)]
            public int[] OfflineReplicas { get; set; } = [];
        }
    }

    public sealed partial class Cursor
    {
        [Field("0+")]
        public string TopicName { get; set; } = "";

        [Field("0+")]
        public int PartitionIndex { get; set; }
    }
}
