using KLog.Protocol.Wire;

namespace KLog.Protocol.Messages;

/// <summary>Triggers preferred or unclean leader elections (KIP-460).</summary>
[Message(ApiKey.ElectLeaders, "0-2", Flexible = "2+")]
public sealed partial class ElectLeadersRequest : IRequest<ElectLeadersRequest, ElectLeadersResponse>
{
    [Field("1+")]
    public sbyte ElectionType { get; set; }

    [Field("0+", Nullable = "0+")]
    public TopicPartitionsData[]? TopicPartitions { get; set; } = [];

    [Field("0+")]
    public int TimeoutMs { get; set; } = 60000;

    public sealed partial class TopicPartitionsData
    {
        [Field("0+")]
        public string Topic { get; set; } = "";

        [Field("0+")]
        public int[] Partitions { get; set; } = [];
    }
}

/// <summary>Per partition: the result.</summary>
[Message(ApiKey.ElectLeaders, "0-2", Flexible = "2+")]
public sealed partial class ElectLeadersResponse : IMessage<ElectLeadersResponse>
{
    [Field("0+")]
    public int ThrottleTimeMs { get; set; }

    [Field("1+")]
    public ErrorCode ErrorCode { get; set; }

    [Field("0+")]
    public ReplicaElectionResult[] ReplicaElectionResults { get; set; } = [];

    public sealed partial class ReplicaElectionResult
    {
        [Field("0+")]
        public string Topic { get; set; } = "";

        [Field("0+")]
        public PartitionResultData[] PartitionResult { get; set; } = [];

        public sealed partial class PartitionResultData
        {
            [Field("0+")]
            public int PartitionId { get; set; }

            [Field("0+")]
            public ErrorCode ErrorCode { get; set; }

            [Field("0+", Nullable = "0+")]
            public string? ErrorMessage { get; set; } = "";
        }
    }
}
