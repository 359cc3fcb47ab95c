using KLog.Protocol.Wire;

namespace KLog.Protocol.Messages;

/// <summary>Asks for the offset of a time, or of one of the special times −1 (latest) to −6.</summary>
[Message(ApiKey.ListOffsets, "0-11", Flexible = "6+")]
public sealed partial class ListOffsetsRequest : IRequest<ListOffsetsRequest, ListOffsetsResponse>
{
    [Field("0+")]
    public int ReplicaId { get; set; }

    [Field("2+")]
    public sbyte IsolationLevel { get; set; }

    [Field("0+")]
    public ListOffsetsTopic[] Topics { get; set; } = [];

    [Field("10+", Ignorable = true)]
    public int TimeoutMs { get; set; }

    public sealed partial class ListOffsetsTopic
    {
        [Field("0+")]
        public string Name { get; set; } = "";

        [Field("0+")]
        public ListOffsetsPartition[] Partitions { get; set; } = [];

        public sealed partial class ListOffsetsPartition
        {
            [Field("0+")]
            public int PartitionIndex { get; set; }

            [Field("4+", Ignorable = true)]
            public int CurrentLeaderEpoch { get; set; } = -1;

            [Field("0+")]
            public long Timestamp { get; set; }

            [Field("0")]
            public int MaxNumOffsets { get; set; } = 1;
        }
    }
}

/// <summary>Per partition: the offset and timestamp of the first record at or after that time; version 0 lists offsets of segments.</summary>
[Message(ApiKey.ListOffsets, "0-11", Flexible = "6+")]
public sealed partial class ListOffsetsResponse : IMessage<ListOffsetsResponse>
{
    [Field("2+", Ignorable = true)]
    public int ThrottleTimeMs { get; set; }

    [Field("0+")]
    public ListOffsetsTopicResponse[] Topics { get; set; } = [];

    public sealed partial class ListOffsetsTopicResponse
    {
        [Field("0+")]
        public string Name { get; set; } = "";

        [Field("0+")]
        public ListOffsetsPartitionResponse[] Partitions { get; set; } = [];

        public sealed partial class ListOffsetsPartitionResponse
        {
            [Field("0+")]
            public int PartitionIndex { get; set; }

            [Field("0+")]
            public ErrorCode ErrorCode { get; set; }

            [Field("0")]
            public long[] OldStyleOffsets { get; set; } = [];

            [Field("1+")]
            public long Timestamp { get; set; } = -1;

            [Field("1+")]
            public long Offset { get; set; } = -1;

            [Field("4+")]
            public int LeaderEpoch { get; set; } = -1;
        }
    }
}
