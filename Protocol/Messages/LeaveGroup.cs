using KLog.Protocol.Wire;

namespace KLog.Protocol.Messages;

/// <summary>Members leave a classic group at once, without waiting for their time-out.</summary>
[Message(ApiKey.LeaveGroup, "0-5", Flexible = "4+")]
public sealed partial class LeaveGroupRequest : IRequest<LeaveGroupRequest, LeaveGroupResponse>
{
    [Field("0+")]
    public string GroupId { get; set; } = "";

    [Field("0-2")]
    public string MemberId { get; set; } = "";

    [Field("3+")]
    public MemberIdentity[] Members { get; set; } = [];

    public sealed partial class MemberIdentity
    {
        [Field("3+")]
        public string MemberId { get; set; } = "";

        [Field("3+", Nullable = "3+")]
        public string? GroupInstanceId { get; set; }

        [Field("5+", Nullable = "5+", Ignorable = true)]
        public string? Reason { get; set; }
    }
}

/// <summary>Per member: whether it was known.</summary>
[Message(ApiKey.LeaveGroup, "0-5", Flexible = "4+")]
public sealed partial class LeaveGroupResponse : IMessage<LeaveGroupResponse>
{
    [Field("1+", Ignorable = true)]
    public int ThrottleTimeMs { get; set; }

    [Field("0+")]
    public ErrorCode ErrorCode { get; set; }

    [Field("3+")]
    public MemberResponse[] Members { get; set; } = [];

    public sealed partial class MemberResponse
    {
        [Field("3+")]
        public string MemberId { get; set; } = "";

        [Field("3+", Nullable = "3+")]
        public string? GroupInstanceId { get; set; } = "";

        [Field("3+")]
        public ErrorCode ErrorCode { get; set; }
    }
}
