using KLog.Protocol.Wire;

namespace KLog.Protocol.Messages;

/// <summary>Asks for transactions, by state, producer and duration (KIP-664).</summary>
[Message(ApiKey.ListTransactions, "0-2", Flexible = "0+")]
public sealed partial class ListTransactionsRequest : IRequest<ListTransactionsRequest, ListTransactionsResponse>
{
    [Field("0+")]
    public string[] StateFilters { get; set; } = [];

    [Field("0+")]
    public long[] ProducerIdFilters { get; set; } = [];

    [Field("1+")]
    public long DurationFilter { get; set; } = -1;

    [Field("2+", Nullable = "2+")]
    public string? TransactionalIdPattern { get; set; }
}

/// <summary>Transactional ids with their state.</summary>
[Message(ApiKey.ListTransactions, "0-2", Flexible = "0+")]
public sealed partial class ListTransactionsResponse : IMessage<ListTransactionsResponse>
{
    [Field("0+")]
    public int ThrottleTimeMs { get; set; }

    [Field("0+")]
    public ErrorCode ErrorCode { get; set; }

    [Field("0+")]
    public string[] UnknownStateFilters { get; set; } = [];

    [Field("0+")]
    public TransactionStateData[] TransactionStates { get; set; } = [];

    public sealed partial class TransactionStateData
    {
        [Field("0+")]
        public string TransactionalId { get; set; } = "";

        [Field("0+")]
        public long ProducerId { get; set; }

        [Field("0+")]
        public string TransactionState { get; set; } = "";
    }
}
