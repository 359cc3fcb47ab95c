using KLog.Protocol.Wire;

namespace KLog.Protocol.Messages;

/// <summary>Asks for the state and members of classic groups.</summary>
[Message(ApiKey.DescribeGroups, "0-6", Flexible = "5+")]
public sealed partial class DescribeGroupsRequest : IRequest<DescribeGroupsRequest, DescribeGroupsResponse>
{
    [Field("0+")]
    public string[] Groups { get; set; } = [];

    [Field("3+")]
    public bool IncludeAuthorizedOperations { get; set; }
}

/// <summary>Per group: state, protocol, members with subscription and assignment.</summary>
[Message(ApiKey.DescribeGroups, "0-6", Flexible = "5+")]
public sealed partial class DescribeGroupsResponse : IMessage<DescribeGroupsResponse>
{
    [Field("1+", Ignorable = true)]
    public int ThrottleTimeMs { get; set; }

    [Field("0+")]
    public DescribedGroup[] Groups { get; set; } = [];

    public sealed partial class DescribedGroup
    {
        [Field("0+")]
        public ErrorCode ErrorCode { get; set; }

        [Field("6+", Nullable = "6+")]
        public string? ErrorMessage { get; set; }

        [Field("0+")]
        public string GroupId { get; set; } = "";

        [Field("0+")]
        public string GroupState { get; set; } = "";

        [Field("0+")]
        public string ProtocolType { get; set; } = "";

        [Field("0+")]
        public string ProtocolData { get; set; } = "";

        [Field("0+")]
        public DescribedGroupMember[] Members { get; set; } = [];

        [Field("3+")]
        public int AuthorizedOperations { get; set; } = int.MinValue;

        public sealed partial class DescribedGroupMember
        {
            [Field("0+")]
            public string MemberId { get; set; } = "";

            [Field("4+", Nullable = "4+", Ignorable = true)]
            public string? GroupInstanceId { get; set; }

            [Field("0+")]
            public string ClientId { get; set; } = "";

            [Field("0+")]
            public string ClientHost { get; set; } = "";

            [Field("0+")]
            public ReadOnlyMemory<byte> MemberMetadata { get; set; }

            [Field("0+")]
            public ReadOnlyMemory<byte> MemberAssignment { get; set; }
        }
    }
}
