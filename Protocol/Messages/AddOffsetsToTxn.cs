using KLog.Protocol.Wire;

namespace KLog.Protocol.Messages;

/// <summary>Adds a group's offsets to a transaction.</summary>
[Message(ApiKey.AddOffsetsToTxn, "0-4", Flexible = "3+")]
public sealed partial class AddOffsetsToTxnRequest : IRequest<AddOffsetsToTxnRequest, AddOffsetsToTxnResponse>
{
    [Field("0+")]
    public string TransactionalId { get; set; } = "";

    [Field("0+")]
    public long ProducerId { get; set; }

    [Field("0+")]
    public short ProducerEpoch { get; set; }

    [Field("0+")]
    public string GroupId { get; set; } = "";
}

/// <summary>Whether it was added.</summary>
[Message(ApiKey.AddOffsetsToTxn, "0-4", Flexible = "3+")]
public sealed partial class AddOffsetsToTxnResponse : IMessage<AddOffsetsToTxnResponse>
{
    [Field("0+")]
    public int ThrottleTimeMs { get; set; }

    [Field("0+")]
    public ErrorCode ErrorCode { get; set; }
}
