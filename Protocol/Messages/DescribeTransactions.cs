using KLog.Protocol.Wire;

namespace KLog.Protocol.Messages;

/// <summary>Asks for the state of transactional ids (KIP-664).</summary>
[Message(ApiKey.DescribeTransactions, "0", Flexible = "0+")]
public sealed partial class DescribeTransactionsRequest : IRequest<DescribeTransactionsRequest, DescribeTransactionsResponse>
{
    [Field("0+")]
    public string[] TransactionalIds { get; set; } = [];
}

/// <summary>Per transactional id: state, producer and partitions.</summary>
[Message(ApiKey.DescribeTransactions, "0", Flexible = "0+")]
public sealed partial class DescribeTransactionsResponse : IMessage<DescribeTransactionsResponse>
{
    [Field("0+")]
    public int ThrottleTimeMs { get; set; }

    [Field("0+")]
    public TransactionStateData[] TransactionStates { get; set; } = [];

    public sealed partial class TransactionStateData
    {
        [Field("0+")]
        public ErrorCode ErrorCode { get; set; }

        [Field("0+")]
        public string TransactionalId { get; set; } = "";

        [Field("0+")]
        public string TransactionState { get; set; } = "";

        [Field("0+")]
        public int TransactionTimeoutMs { get; set; }

        [Field("0+")]
        public long TransactionStartTimeMs { get; set; }

        [Field("0+")]
        public long ProducerId { get; set; }

        [Field("0+")]
        public short ProducerEpoch { get; set; }

        [Field("0+")]
        public TopicData[] Topics { get; set; } = [];

        public sealed partial class TopicData
        {
            [Field("0+")]
            public string Topic { get; set; } = "";

            [Field("0+")]
            public int[] Partitions { get; set; } = [];
        }
    }
}
