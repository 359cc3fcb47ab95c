using KLog.Protocol.Wire;

namespace KLog.Protocol.Messages;

/// <summary>Asks for the quotas that match a filter (KIP-546).</summary>
[Message(ApiKey.DescribeClientQuotas, "0-1", Flexible = "1+")]
public sealed partial class DescribeClientQuotasRequest : IRequest<DescribeClientQuotasRequest, DescribeClientQuotasResponse>
{
    [Field("0+")]
    public ComponentData[] Components { get; set; } = [];

    [Field("0+")]
    public bool Strict { get; set; }

    public sealed partial class ComponentData
    {
        [Field("0+")]
        public string EntityType { get; set; } = "";

        [Field("0+")]
        public sbyte MatchType { get; set; }

        [Field("0+", Nullable = "0+")]
        public string? Match { get; set; } = "";
    }
}

/// <summary>Entities with their quotas.</summary>
[Message(ApiKey.DescribeClientQuotas, "0-1", Flexible = "1+")]
public sealed partial class DescribeClientQuotasResponse : IMessage<DescribeClientQuotasResponse>
{
    [Field("0+")]
    public int ThrottleTimeMs { get; set; }

    [Field("0+")]
    public ErrorCode ErrorCode { get; set; }

    [Field("0+", Nullable = "0+")]
    public string? ErrorMessage { get; set; } = "";

    [Field("0+", Nullable = "0+")]
    public EntryData[]? Entries { get; set; } = [];

    public sealed partial class EntryData
    {
        [Field("0+")]
        public EntityData[] Entity { get; set; } = [];

        [Field("0+")]
        public ValueData[] Values { get; set; } = [];

        public sealed partial class EntityData
        {
            [Field("0+")]
            public string EntityType { get; set; } = "";

            [Field("0+", Nullable = "0+")]
            public string? EntityName { get; set; } = "";
        }

        public sealed partial class ValueData
        {
            [Field("0+")]
            public string Key { get; set; } = "";

            [Field("0+")]
            public double Value { get; set; }
        }
    }
}
