using KLog.Protocol.Wire;

namespace KLog.Protocol.Messages;

/// <summary>The leader hands over the assignment; the others ask for theirs.</summary>
[Message(ApiKey.SyncGroup, "0-5", Flexible = "4+")]
public sealed partial class SyncGroupRequest : IRequest<SyncGroupRequest, SyncGroupResponse>
{
    [Field("0+")]
    public string GroupId { get; set; } = "";

    [Field("0+")]
    public int GenerationId { get; set; }

    [Field("0+")]
    public string MemberId { get; set; } = "";

    [Field("3+", Nullable = "3+")]
    public string? GroupInstanceId { get; set; }

    [Field("5+", Nullable = "5+", Ignorable = true)]
    public string? ProtocolType { get; set; }

    [Field("5+", Nullable = "5+", Ignorable = true)]
    public string? ProtocolName { get; set; }

    [Field("0+")]
    public SyncGroupRequestAssignment[] Assignments { get; set; } = [];

    public sealed partial class SyncGroupRequestAssignment
    {
        [Field("0+")]
        public string MemberId { get; set; } = "";

        [Field("0+")]
        public ReadOnlyMemory<byte> Assignment { get; set; }
    }
}

/// <summary>The member's own assignment.</summary>
[Message(ApiKey.SyncGroup, "0-5", Flexible = "4+")]
public sealed partial class SyncGroupResponse : IMessage<SyncGroupResponse>
{
    [Field("1+", Ignorable = true)]
    public int ThrottleTimeMs { get; set; }

    [Field("0+")]
    public ErrorCode ErrorCode { get; set; }

    [Field("5+", Nullable = "5+", Ignorable = true)]
    public string? ProtocolType { get; set; }

    [Field("5+", Nullable = "5+", Ignorable = true)]
    public string? ProtocolName { get; set; }

    [Field("0+")]
    public ReadOnlyMemory<byte> Assignment { get; set; }
}
