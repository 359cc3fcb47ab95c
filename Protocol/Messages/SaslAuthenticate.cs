using KLog.Protocol.Wire;

namespace KLog.Protocol.Messages;

/// <summary>One step of a SASL exchange.</summary>
[Message(ApiKey.SaslAuthenticate, "0-2", Flexible = "2+")]
public sealed partial class SaslAuthenticateRequest : IRequest<SaslAuthenticateRequest, SaslAuthenticateResponse>
{
    [Field("0+")]
    public ReadOnlyMemory<byte> AuthBytes { get; set; }
}

/// <summary>The server's answer to that step, and how long the session lives (KIP-368).</summary>
[Message(ApiKey.SaslAuthenticate, "0-2", Flexible = "2+")]
public sealed partial class SaslAuthenticateResponse : IMessage<SaslAuthenticateResponse>
{
    [Field("0+")]
    public ErrorCode ErrorCode { get; set; }

    [Field("0+", Nullable = "0+")]
    public string? ErrorMessage { get; set; } = "";

    [Field("0+")]
    public ReadOnlyMemory<byte> AuthBytes { get; set; }

    [Field("1+", Ignorable = true)]
    public long SessionLifetimeMs { get; set; }
}
