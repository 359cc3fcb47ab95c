using KLog.Protocol.Wire;

namespace KLog.Protocol.Messages;

/// <summary>Asks for the resources that have configurations of their own (KIP-1142).</summary>
[Message(ApiKey.ListConfigResources, "0-1", Flexible = "0+")]
public sealed partial class ListConfigResourcesRequest : IRequest<ListConfigResourcesRequest, ListConfigResourcesResponse>
{
    [Field("1+")]
    public sbyte[] ResourceTypes { get; set; } = [];
}

/// <summary>Names and types of resources.</summary>
[Message(ApiKey.ListConfigResources, "0-1", Flexible = "0+")]
public sealed partial class ListConfigResourcesResponse : IMessage<ListConfigResourcesResponse>
{
    [Field("0+")]
    public int ThrottleTimeMs { get; set; }

    [Field("0+")]
    public ErrorCode ErrorCode { get; set; }

    [Field("0+")]
    public ConfigResource[] ConfigResources { get; set; } = [];

    public sealed partial class ConfigResource
    {
        [Field("0+")]
        public string ResourceName { get; set; } = "";

        [Field("1+", Ignorable = true)]
        public sbyte ResourceType { get; set; } = 16;
    }
}
