using KLog.Protocol.Wire;

namespace KLog.Protocol.Messages;

/// <summary>A broker asks the controller for a block of producer ids (KIP-730).</summary>
[Message(ApiKey.AllocateProducerIds, "0", Flexible = "0+")]
public sealed partial class AllocateProducerIdsRequest : IRequest<AllocateProducerIdsRequest, AllocateProducerIdsResponse>
{
    [Field("0+")]
    public int BrokerId { get; set; }

    [Field("0+")]
    public long BrokerEpoch { get; set; } = -1;
}

/// <summary>The block's first id and length.</summary>
[Message(ApiKey.AllocateProducerIds, "0", Flexible = "0+")]
public sealed partial class AllocateProducerIdsResponse : IMessage<AllocateProducerIdsResponse>
{
    [Field("0+")]
    public int ThrottleTimeMs { get; set; }

    [Field("0+")]
    public ErrorCode ErrorCode { get; set; }

    [Field("0+")]
    public long ProducerIdStart { get; set; }

    [Field("0+")]
    public int ProducerIdLen { get; set; }
}
