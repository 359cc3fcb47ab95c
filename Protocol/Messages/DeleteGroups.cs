using KLog.Protocol.Wire;

namespace KLog.Protocol.Messages;

/// <summary>Deletes empty groups.</summary>
[Message(ApiKey.DeleteGroups, "0-2", Flexible = "2+")]
public sealed partial class DeleteGroupsRequest : IRequest<DeleteGroupsRequest, DeleteGroupsResponse>
{
    [Field("0+")]
    public string[] GroupsNames { get; set; } = [];
}

/// <summary>Per group: the result.</summary>
[Message(ApiKey.DeleteGroups, "0-2", Flexible = "2+")]
public sealed partial class DeleteGroupsResponse : IMessage<DeleteGroupsResponse>
{
    [Field("0+")]
    public int ThrottleTimeMs { get; set; }

    [Field("0+")]
    public DeletableGroupResult[] Results { get; set; } = [];

    public sealed partial class DeletableGroupResult
    {
        [Field("0+")]
        public string GroupId { get; set; } = "";

        [Field("0+")]
        public ErrorCode ErrorCode { get; set; }
    }
}
