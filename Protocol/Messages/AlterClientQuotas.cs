using KLog.Protocol.Wire;

namespace KLog.Protocol.Messages;

/// <summary>Sets and removes quotas (KIP-546).</summary>
[Message(ApiKey.AlterClientQuotas, "0-1", Flexible = "1+")]
public sealed partial class AlterClientQuotasRequest : IRequest<AlterClientQuotasRequest, AlterClientQuotasResponse>
{
    [Field("0+")]
    public EntryData[] Entries { get; set; } = [];

    [Field("0+")]
    public bool ValidateOnly { get; set; }

    public sealed partial class EntryData
    {
        [Field("0+")]
        public EntityData[] Entity { get; set; } = [];

        [Field("0+")]
        public OpData[] Ops { get; set; } = [];

        public sealed partial class EntityData
        {
            [Field("0+")]
            public string EntityType { get; set; } = "";

            [Field("0+", Nullable = "0+")]
            public string? EntityName { get; set; } = "";
        }

        public sealed partial class OpData
        {
            [Field("0+")]
            public string Key { get; set; } = "";

            [Field("0+")]
            public double Value { get; set; }

            [Field("0+")]
            public bool Remove { get; set; }
        }
    }
}

/// <summary>Per entity: the result.</summary>
[Message(ApiKey.AlterClientQuotas, "0-1", Flexible = "1+")]
public sealed partial class AlterClientQuotasResponse : IMessage<AlterClientQuotasResponse>
{
    [Field("0+")]
    public int ThrottleTimeMs { get; set; }

    [Field("0+")]
    public EntryData[] Entries { get; set; } = [];

    public sealed partial class EntryData
    {
        [Field("0+")]
        public ErrorCode ErrorCode { get; set; }

        [Field("0+", Nullable = "0+")]
        public string? ErrorMessage { get; set; } = "";

        [Field("0+")]
        public EntityData[] Entity { get; set; } = [];

        public sealed partial class EntityData
        {
            [Field("0+")]
            public string EntityType { get; set; } = "";

            [Field("0+", Nullable = "0+")]
            public string? EntityName { get; set; } = "";
        }
    }
}
