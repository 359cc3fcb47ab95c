using KLog.Protocol.Wire;

namespace KLog.Protocol.Messages;

using Records = KLog.Protocol.Wire.Records; // The namespace KLog.Protocol.Records would be found first.

/// <summary>Appends record batches to partitions. With <c>Acks</c> 0 there is no response. Version 13 names topics by id (KIP-516).</summary>
[Message(ApiKey.Produce, "0-13", Flexible = "9+")]
public sealed partial class ProduceRequest : IRequest<ProduceRequest, ProduceResponse>
{
    [Field("3+", Nullable = "3+")]
    public string? TransactionalId { get; set; }

    [Field("0+")]
    public short Acks { get; set; }

    [Field("0+")]
    public int TimeoutMs { get; set; }

    [Field("0+")]
    public TopicProduceData[] TopicData { get; set; } = [];

    public sealed partial class TopicProduceData
    {
        [Field("0-12", Ignorable = true)]
        public string Name { get; set; } = "";

        [Field("13+", Ignorable = true)]
        public Guid TopicId { get; set; }

        [Field("0+")]
        public PartitionProduceData[] PartitionData { get; set; } = [];

        public sealed partial class PartitionProduceData
        {
            [Field("0+")]
            public int Index { get; set; }

            [Field("0+", Nullable = "0+")]
            public Records? Records { get; set; }
        }
    }
}

/// <summary>Per partition: the first record's offset, or what was wrong, down to the record (KIP-467).</summary>
[Message(ApiKey.Produce, "0-13", Flexible = "9+")]
public sealed partial class ProduceResponse : IMessage<ProduceResponse>
{
    [Field("0+")]
    public TopicProduceResponse[] Responses { get; set; } = [];

    [Field("1+", Ignorable = true)]
    public int ThrottleTimeMs { get; set; }

    [Field("10+", Tag = 0, Tagged = "10+")]
    public NodeEndpoint[] NodeEndpoints { get; set; } = [];

    public sealed partial class TopicProduceResponse
    {
        [Field("0-12", Ignorable = true)]
        public string Name { get; set; } = "";

        [Field("13+", Ignorable = true)]
        public Guid TopicId { get; set; }

        [Field("0+")]
        public PartitionProduceResponse[] PartitionResponses { get; set; } = [];

        public sealed partial class PartitionProduceResponse
        {
            [Field("0+")]
            public int Index { get; set; }

            [Field("0+")]
            public ErrorCode ErrorCode { get; set; }

            [Field("0+")]
            public long BaseOffset { get; set; }

            [Field("2+", Ignorable = true)]
            public long LogAppendTimeMs { get; set; } = -1;

            [Field("5+", Ignorable = true)]
            public long LogStartOffset { get; set; } = -1;

            [Field("8+", Ignorable = true)]
            public BatchIndexAndErrorMessage[] RecordErrors { get; set; } = [];

            [Field("8+", Nullable = "8+", Ignorable = true)]
            public string? ErrorMessage { get; set; }

            [Field("10+", Tag = 0, Tagged = "10+")]
            public LeaderIdAndEpoch CurrentLeader { get; set; } = new();

            public sealed partial class BatchIndexAndErrorMessage
            {
                [Field("8+")]
                public int BatchIndex { get; set; }

                [Field("8+", Nullable = "8+")]
                public string? BatchIndexErrorMessage { get; set; }
            }

            public sealed partial class LeaderIdAndEpoch
            {
                [Field("10+")]
                public int LeaderId { get; set; } = -1;

                [Field("10+")]
                public int LeaderEpoch { get; set; } = -1;
            }
        }
    }

    public sealed partial class NodeEndpoint
    {
        [Field("10+")]
        public int NodeId { get; set; }

        [Field("10+")]
        public string Host { get; set; } = "";

        [Field("10+")]
        public int Port { get; set; }

        [Field("10+", Nullable = "10+")]
        public string? Rack { get; set; }
    }
}
