using KLog.Protocol.Wire;

namespace KLog.Protocol.Messages;

/// <summary>Replaces the whole dynamic configuration of resources.</summary>
[Message(ApiKey.AlterConfigs, "0-2", Flexible = "2+")]
public sealed partial class AlterConfigsRequest : IRequest<AlterConfigsRequest, AlterConfigsResponse>
{
    [Field("0+")]
    public AlterConfigsResource[] Resources { get; set; } = [];

    [Field("0+")]
    public bool ValidateOnly { get; set; }

    public sealed partial class AlterConfigsResource
    {
        [Field("0+")]
        public sbyte ResourceType { get; set; }

        [Field("0+")]
        public string ResourceName { get; set; } = "";

        [Field("0+")]
        public AlterableConfig[] Configs { get; set; } = [];

        public sealed partial class AlterableConfig
        {
            [Field("0+")]
            public string Name { get; set; } = "";

            [Field("0+", Nullable = "0+")]
            public string? Value { get; set; } = "";
        }
    }
}

/// <summary>Per resource: the result.</summary>
[Message(ApiKey.AlterConfigs, "0-2", Flexible = "2+")]
public sealed partial class AlterConfigsResponse : IMessage<AlterConfigsResponse>
{
    [Field("0+")]
    public int ThrottleTimeMs { get; set; }

    [Field("0+")]
    public AlterConfigsResourceResponse[] Responses { get; set; } = [];

    public sealed partial class AlterConfigsResourceResponse
    {
        [Field("0+")]
        public ErrorCode ErrorCode { get; set; }

        [Field("0+", Nullable = "0+")]
        public string? ErrorMessage { get; set; } = "";

        [Field("0+")]
        public sbyte ResourceType { get; set; }

        [Field("0+")]
        public string ResourceName { get; set; } = "";
    }
}
