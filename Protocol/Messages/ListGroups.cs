using KLog.Protocol.Wire;

namespace KLog.Protocol.Messages;

/// <summary>Asks for the groups that this broker coordinates, by state and type.</summary>
[Message(ApiKey.ListGroups, "0-5", Flexible = "3+")]
public sealed partial class ListGroupsRequest : IRequest<ListGroupsRequest, ListGroupsResponse>
{
    [Field("4+")]
    public string[] StatesFilter { get; set; } = [];

    [Field("5+")]
    public string[] TypesFilter { get; set; } = [];
}

/// <summary>Ids, types and states of groups.</summary>
[Message(ApiKey.ListGroups, "0-5", Flexible = "3+")]
public sealed partial class ListGroupsResponse : IMessage<ListGroupsResponse>
{
    [Field("1+", Ignorable = true)]
    public int ThrottleTimeMs { get; set; }

    [Field("0+")]
    public ErrorCode ErrorCode { get; set; }

    [Field("0+")]
    public ListedGroup[] Groups { get; set; } = [];

    public sealed partial class ListedGroup
    {
        [Field("0+")]
        public string GroupId { get; set; } = "";

        [Field("0+")]
        public string ProtocolType { get; set; } = "";

        [Field("4+", Ignorable = true)]
        public string GroupState { get; set; } = "";

        [Field("5+", Ignorable = true)]
        public string GroupType { get; set; } = "";
    }
}
