using KLog.Protocol.Wire;

namespace KLog.Protocol.Messages;

/// <summary>Begins or cancels the move of partitions to other replicas (KIP-455).</summary>
[Message(ApiKey.AlterPartitionReassignments, "0-1", Flexible = "0+")]
public sealed partial class AlterPartitionReassignmentsRequest : IRequest<AlterPartitionReassignmentsRequest, AlterPartitionReassignmentsResponse>
{
    [Field("0+")]
    public int TimeoutMs { get; set; } = 60000;

    [Field("1+")]
    public bool AllowReplicationFactorChange { get; set; } = true;

    [Field("0+")]
    public ReassignableTopic[] Topics { get; set; } = [];

    public sealed partial class ReassignableTopic
    {
        [Field("0+")]
        public string Name { get; set; } = "";

        [Field("0+")]
        public ReassignablePartition[] Partitions { get; set; } = [];

        public sealed partial class ReassignablePartition
        {
            [Field("0+")]
            public int PartitionIndex { get; set; }

            [Field("0+", Nullable = "0+")]
            public int[]? Replicas { get; set; }
        }
    }
}

/// <summary>Per partition: whether the move has begun.</summary>
[Message(ApiKey.AlterPartitionReassignments, "0-1", Flexible = "0+")]
public sealed partial class AlterPartitionReassignmentsResponse : IMessage<AlterPartitionReassignmentsResponse>
{
    [Field("0+")]
    public int ThrottleTimeMs { get; set; }

    [Field("1+", Ignorable = true)]
    public bool AllowReplicationFactorChange { get; set; } = true;

    [Field("0+")]
    public ErrorCode ErrorCode { get; set; }

    [Field("0+", Nullable = "0+")]
    public string? ErrorMessage { get; set; } = "";

    [Field("0+")]
    public ReassignableTopicResponse[] Responses { get; set; } = [];

    public sealed partial class ReassignableTopicResponse
    {
        [Field("0+")]
        public string Name { get; set; } = "";

        [Field("0+")]
        public ReassignablePartitionResponse[] Partitions { get; set; } = [];

        public sealed partial class ReassignablePartitionResponse
        {
            [Field("0+")]
            public int PartitionIndex { get; set; }

            [Field("0+")]
            public ErrorCode ErrorCode { get; set; }

            [Field("0+", Nullable = "0+")]
            public string? ErrorMessage { get; set; } = "";
        }
    }
}
