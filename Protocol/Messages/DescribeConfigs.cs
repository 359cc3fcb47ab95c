using KLog.Protocol.Wire;

namespace KLog.Protocol.Messages;

/// <summary>Asks for the configuration of topics, brokers, loggers or groups.</summary>
[Message(ApiKey.DescribeConfigs, "0-4", Flexible = "4+")]
public sealed partial class DescribeConfigsRequest : IRequest<DescribeConfigsRequest, DescribeConfigsResponse>
{
    [Field("0+")]
    public DescribeConfigsResource[] Resources { get; set; } = [];

    [Field("1+")]
    public bool IncludeSynonyms { get; set; }

    [Field("3+")]
    public bool IncludeDocumentation { get; set; }

    public sealed partial class DescribeConfigsResource
    {
        [Field("0+")]
        public sbyte ResourceType { get; set; }

        [Field("0+")]
        public string ResourceName { get; set; } = "";

        [Field("0+", Nullable = "0+")]
        public string[]? ConfigurationKeys { get; set; } = [];
    }
}

/// <summary>Per resource: each entry with its value, where it comes from and what it would fall back to.</summary>
[Message(ApiKey.DescribeConfigs, "0-4", Flexible = "4+")]
public sealed partial class DescribeConfigsResponse : IMessage<DescribeConfigsResponse>
{
    [Field("0+")]
    public int ThrottleTimeMs { get; set; }

    [Field("0+")]
    public DescribeConfigsResult[] Results { get; set; } = [];

    public sealed partial class DescribeConfigsResult
    {
        [Field("0+")]
        public ErrorCode ErrorCode { get; set; }

        [Field("0+", Nullable = "0+")]
        public string? ErrorMessage { get; set; } = "";

        [Field("0+")]
        public sbyte ResourceType { get; set; }

        [Field("0+")]
        public string ResourceName { get; set; } = "";

        [Field("0+")]
        public DescribeConfigsResourceResult[] Configs { get; set; } = [];

        public sealed partial class DescribeConfigsResourceResult
        {
            [Field("0+")]
            public string Name { get; set; } = "";

            [Field("0+", Nullable = "0+")]
            public string? Value { get; set; } = "";

            [Field("0+")]
            public bool ReadOnly { get; set; }

            [Field("0")]
            public bool IsDefault { get; set; }

            [Field("1+", Ignorable = true)]
            public sbyte ConfigSource { get; set; } = -1;

            [Field("0+")]
            public bool IsSensitive { get; set; }

            [Field("1+", Ignorable = true)]
            public DescribeConfigsSynonym[] Synonyms { get; set; } = [];

            [Field("3+", Ignorable = true)]
            public sbyte ConfigType { get; set; }

            [Field("3+", Nullable = "0+", Ignorable = true)]
            public string? Documentation { get; set; } = "";

            public sealed partial class DescribeConfigsSynonym
            {
                [Field("1+")]
                public string Name { get; set; } = "";

                [Field("1+", Nullable = "0+")]
                public string? Value { get; set; } = "";

                [Field("1+")]
                public sbyte Source { get; set; }
            }
        }
    }
}
