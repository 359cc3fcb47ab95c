using KLog.Protocol.Wire;

namespace KLog.Protocol.Messages;

/// <summary>Asks where a leader epoch ended (KIP-101, KIP-320).</summary>
[Message(ApiKey.OffsetForLeaderEpoch, "0-4", Flexible = "4+")]
public sealed partial class OffsetForLeaderEpochRequest : IRequest<OffsetForLeaderEpochRequest, OffsetForLeaderEpochResponse>
{
    [Field("3+", Ignorable = true)]
    public int ReplicaId { get; set; } = -2;

    [Field("0+")]
    public OffsetForLeaderTopic[] Topics { get; set; } = [];

    public sealed partial class OffsetForLeaderTopic
    {
        [Field("0+")]
        public string Topic { get; set; } = "";

        [Field("0+")]
        public OffsetForLeaderPartition[] Partitions { get; set; } = [];

        public sealed partial class OffsetForLeaderPartition
        {
            [Field("0+")]
            public int Partition { get; set; }

            [Field("2+", Ignorable = true)]
            public int CurrentLeaderEpoch { get; set; } = -1;

            [Field("0+")]
            public int LeaderEpoch { get; set; }
        }
    }
}

/// <summary>Per partition: the largest epoch not above the one asked for, and its end offset.</summary>
[Message(ApiKey.OffsetForLeaderEpoch, "0-4", Flexible = "4+")]
public sealed partial class OffsetForLeaderEpochResponse : IMessage<OffsetForLeaderEpochResponse>
{
    [Field("2+", Ignorable = true)]
    public int ThrottleTimeMs { get; set; }

    [Field("0+")]
    public OffsetForLeaderTopicResult[] Topics { get; set; } = [];

    public sealed partial class OffsetForLeaderTopicResult
    {
        [Field("0+")]
        public string Topic { get; set; } = "";

        [Field("0+")]
        public EpochEndOffset[] Partitions { get; set; } = [];

        public sealed partial class EpochEndOffset
        {
            [Field("0+")]
            public ErrorCode ErrorCode { get; set; }

            [Field("0+")]
            public int Partition { get; set; }

            [Field("1+", Ignorable = true)]
            public int LeaderEpoch { get; set; } = -1;

            [Field("0+")]
            public long EndOffset { get; set; } = -1;
        }
    }
}
