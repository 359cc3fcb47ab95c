using KLog.Protocol.Wire;

namespace KLog.Protocol.Messages;

/// <summary>Commits or aborts a transaction.</summary>
[Message(ApiKey.EndTxn, "0-5", Flexible = "3+")]
public sealed partial class EndTxnRequest : IRequest<EndTxnRequest, EndTxnResponse>
{
    [Field("0+")]
    public string TransactionalId { get; set; } = "";

    [Field("0+")]
    public long ProducerId { get; set; }

    [Field("0+")]
    public short ProducerEpoch { get; set; }

    [Field("0+")]
    public bool Committed { get; set; }
}

/// <summary>Whether the transaction is being ended, and from version 5 on the producer's next epoch (KIP-890).</summary>
[Message(ApiKey.EndTxn, "0-5", Flexible = "3+")]
public sealed partial class EndTxnResponse : IMessage<EndTxnResponse>
{
    [Field("0+")]
    public int ThrottleTimeMs { get; set; }

    [Field("0+")]
    public ErrorCode ErrorCode { get; set; }

    [Field("5+", Ignorable = true)]
    public long ProducerId { get; set; } = -1;

    [Field("5+", Ignorable = true)]
    public short ProducerEpoch { get; set; } = -1;
}
