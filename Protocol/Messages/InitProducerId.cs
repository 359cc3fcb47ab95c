using KLog.Protocol.Wire;

namespace KLog.Protocol.Messages;

/// <summary>Asks for a producer id and epoch, for idempotence or a transactional id.</summary>
[Message(ApiKey.InitProducerId, "0-6", Flexible = "2+")]
public sealed partial class InitProducerIdRequest : IRequest<InitProducerIdRequest, InitProducerIdResponse>
{
    [Field("0+", Nullable = "0+")]
    public string? TransactionalId { get; set; } = "";

    [Field("0+")]
    public int TransactionTimeoutMs { get; set; }

    [Field("3+")]
    public long ProducerId { get; set; } = -1;

    [Field("3+")]
    public short ProducerEpoch { get; set; } = -1;

    [Field("6+")]
    public bool Enable2Pc { get; set; }

    [Field("6+")]
    public bool KeepPreparedTxn { get; set; }
}

/// <summary>The producer id and epoch.</summary>
[Message(ApiKey.InitProducerId, "0-6", Flexible = "2+")]
public sealed partial class InitProducerIdResponse : IMessage<InitProducerIdResponse>
{
    [Field("0+", Ignorable = true)]
    public int ThrottleTimeMs { get; set; }

    [Field("0+")]
    public ErrorCode ErrorCode { get; set; }

    [Field("0+")]
    public long ProducerId { get; set; } = -1;

    [Field("0+")]
    public short ProducerEpoch { get; set; }

    [Field("6+")]
    public long OngoingTxnProducerId { get; set; } = -1;

    [Field("6+")]
    public short OngoingTxnProducerEpoch { get; set; } = -1;
}
