using KLog.Protocol.Wire;

namespace KLog.Protocol.Messages;

/// <summary>A member of a classic group says that it is alive.</summary>
[Message(ApiKey.Heartbeat, "0-4", Flexible = "4+")]
public sealed partial class HeartbeatRequest : IRequest<HeartbeatRequest, HeartbeatResponse>
{
    [Field("0+")]
    public string GroupId { get; set; } = "";

    [Field("0+")]
    public int GenerationId { get; set; }

    [Field("0+")]
    public string MemberId { get; set; } = "";

    [Field("3+", Nullable = "3+")]
    public string? GroupInstanceId { get; set; }
}

/// <summary>Whether the group is stable, or a rebalance calls.</summary>
[Message(ApiKey.Heartbeat, "0-4", Flexible = "4+")]
public sealed partial class HeartbeatResponse : IMessage<HeartbeatResponse>
{
    [Field("1+", Ignorable = true)]
    public int ThrottleTimeMs { get; set; }

    [Field("0+")]
    public ErrorCode ErrorCode { get; set; }
}
