using KLog.Protocol.Wire;

namespace KLog.Protocol.Messages;

/// <summary>Stores a group's offsets as part of a transaction.</summary>
[Message(ApiKey.TxnOffsetCommit, "0-5", Flexible = "3+")]
public sealed partial class TxnOffsetCommitRequest : IRequest<TxnOffsetCommitRequest, TxnOffsetCommitResponse>
{
    [Field("0+")]
    public string TransactionalId { get; set; } = "";

    [Field("0+")]
    public string GroupId { get; set; } = "";

    [Field("0+")]
    public long ProducerId { get; set; }

    [Field("0+")]
    public short ProducerEpoch { get; set; }

    [Field("3+")]
    public int GenerationId { get; set; } = -1;

    [Field("3+")]
    public string MemberId { get; set; } = "";

    [Field("3+", Nullable = "3+")]
    public string? GroupInstanceId { get; set; }

    [Field("0+")]
    public TxnOffsetCommitRequestTopic[] Topics { get; set; } = [];

    public sealed partial class TxnOffsetCommitRequestTopic
    {
        [Field("0+")]
        public string Name { get; set; } = "";

        [Field("0+")]
        public TxnOffsetCommitRequestPartition[] Partitions { get; set; } = [];

        public sealed partial class TxnOffsetCommitRequestPartition
        {
            [Field("0+")]
            public int PartitionIndex { get; set; }

            [Field("0+")]
            public long CommittedOffset { get; set; }

            [Field("2+", Ignorable = true)]
            public int CommittedLeaderEpoch { get; set; } = -1;

            [Field("0+", Nullable = "0+")]
            public string? CommittedMetadata { get; set; } = "";
        }
    }
}

/// <summary>Per partition: the result.</summary>
[Message(ApiKey.TxnOffsetCommit, "0-5", Flexible = "3+")]
public sealed partial class TxnOffsetCommitResponse : IMessage<TxnOffsetCommitResponse>
{
    [Field("0+")]
    public int ThrottleTimeMs { get; set; }

    [Field("0+")]
    public TxnOffsetCommitResponseTopic[] Topics { get; set; } = [];

    public sealed partial class TxnOffsetCommitResponseTopic
    {
        [Field("0+")]
        public string Name { get; set; } = "";

        [Field("0+")]
        public TxnOffsetCommitResponsePartition[] Partitions { get; set; } = [];

        public sealed partial class TxnOffsetCommitResponsePartition
        {
            [Field("0+")]
            public int PartitionIndex { get; set; }

            [Field("0+")]
            public ErrorCode ErrorCode { get; set; }
        }
    }
}
