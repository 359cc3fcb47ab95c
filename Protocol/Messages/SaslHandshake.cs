using KLog.Protocol.Wire;

namespace KLog.Protocol.Messages;

/// <summary>Chooses a SASL mechanism.</summary>
[Message(ApiKey.SaslHandshake, "0-1")]
public sealed partial class SaslHandshakeRequest : IRequest<SaslHandshakeRequest, SaslHandshakeResponse>
{
    [Field("0+")]
    public string Mechanism { get; set; } = "";
}

/// <summary>The mechanisms that are enabled.</summary>
[Message(ApiKey.SaslHandshake, "0-1")]
public sealed partial class SaslHandshakeResponse : IMessage<SaslHandshakeResponse>
{
    [Field("0+")]
    public ErrorCode ErrorCode { get; set; }

    [Field("0+")]
    public string[] Mechanisms { get; set; } = [];
}
