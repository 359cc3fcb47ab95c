using KLog.Protocol.Wire;

namespace KLog.Protocol.Messages;

/// <summary>Adds partitions to a transaction; from brokers also verifies that they are in it (KIP-890).</summary>
[Message(ApiKey.AddPartitionsToTxn, "0-5", Flexible = "3+")]
public sealed partial class AddPartitionsToTxnRequest : IRequest<AddPartitionsToTxnRequest, AddPartitionsToTxnResponse>
{
    [Field("4+")]
    public AddPartitionsToTxnTransaction[] Transactions { get; set; } = [];

    [Field("0-3")]
    public string V3AndBelowTransactionalId { get; set; } = "";

    [Field("0-3")]
    public long V3AndBelowProducerId { get; set; }

    [Field("0-3")]
    public short V3AndBelowProducerEpoch { get; set; }

    [Field("0-3")]
    public AddPartitionsToTxnTopic[] V3AndBelowTopics { get; set; } = [];

    public sealed partial class AddPartitionsToTxnTransaction
    {
        [Field("4+")]
        public string TransactionalId { get; set; } = "";

        [Field("4+")]
        public long ProducerId { get; set; }

        [Field("4+")]
        public short ProducerEpoch { get; set; }

        [Field("4+")]
        public bool VerifyOnly { get; set; }

        [Field("4+")]
        public AddPartitionsToTxnTopic[] Topics { get; set; } = [];
    }

    public sealed partial class AddPartitionsToTxnTopic
    {
        [Field("0+")]
        public string Name { get; set; } = "";

        [Field("0+")]
        public int[] Partitions { get; set; } = [];
    }
}

/// <summary>Per transaction and partition: the result.</summary>
[Message(ApiKey.AddPartitionsToTxn, "0-5", Flexible = "3+")]
public sealed partial class AddPartitionsToTxnResponse : IMessage<AddPartitionsToTxnResponse>
{
    [Field("0+")]
    public int ThrottleTimeMs { get; set; }

    [Field("4+", Ignorable = true)]
    public ErrorCode ErrorCode { get; set; }

    [Field("4+")]
    public AddPartitionsToTxnResult[] ResultsByTransaction { get; set; } = [];

    [Field("0-3")]
    public AddPartitionsToTxnTopicResult[] ResultsByTopicV3AndBelow { get; set; } = [];

    public sealed partial class AddPartitionsToTxnResult
    {
        [Field("4+")]
        public string TransactionalId { get; set; } = "";

        [Field("4+")]
        public AddPartitionsToTxnTopicResult[] TopicResults { get; set; } = [];
    }

    public sealed partial class AddPartitionsToTxnTopicResult
    {
        [Field("0+")]
        public string Name { get; set; } = "";

        [Field("0+")]
        public AddPartitionsToTxnPartitionResult[] ResultsByPartition { get; set; } = [];
    }

    public sealed partial class AddPartitionsToTxnPartitionResult
    {
        [Field("0+")]
        public int PartitionIndex { get; set; }

        [Field("0+")]
        public ErrorCode PartitionErrorCode { get; set; }
    }
}
