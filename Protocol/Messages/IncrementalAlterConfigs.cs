using KLog.Protocol.Wire;

namespace KLog.Protocol.Messages;

/// <summary>Sets, deletes, appends to and subtracts from single configuration entries (KIP-339).</summary>
[Message(ApiKey.IncrementalAlterConfigs, "0-1", Flexible = "1+")]
public sealed partial class IncrementalAlterConfigsRequest : IRequest<IncrementalAlterConfigsRequest, IncrementalAlterConfigsResponse>
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

            [Field("0+")]
            public sbyte ConfigOperation { get; set; }

            [Field("0+", Nullable = "0+")]
            public string? Value { get; set; } = "";
        }
    }
}

/// <summary>Per resource: the result.</summary>
[Message(ApiKey.IncrementalAlterConfigs, "0-1", Flexible = "1+")]
public sealed partial class IncrementalAlterConfigsResponse : IMessage<IncrementalAlterConfigsResponse>
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
