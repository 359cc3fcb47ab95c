using KLog.Protocol.Wire;

namespace KLog.Protocol.Messages;

/// <summary>Makes topics, or only checks that they could be made.</summary>
[Message(ApiKey.CreateTopics, "0-7", Flexible = "5+")]
public sealed partial class CreateTopicsRequest : IRequest<CreateTopicsRequest, CreateTopicsResponse>
{
    [Field("0+")]
    public CreatableTopic[] Topics { get; set; } = [];

    [Field("0+")]
    public int TimeoutMs { get; set; } = 60000;

    [Field("1+")]
    public bool ValidateOnly { get; set; }

    public sealed partial class CreatableTopic
    {
        [Field("0+")]
        public string Name { get; set; } = "";

        [Field("0+")]
        public int NumPartitions { get; set; }

        [Field("0+")]
        public short ReplicationFactor { get; set; }

        [Field("0+")]
        public CreatableReplicaAssignment[] Assignments { get; set; } = [];

        [Field("0+")]
        public CreatableTopicConfig[] Configs { get; set; } = [];

        public sealed partial class CreatableReplicaAssignment
        {
            [Field("0+")]
            public int PartitionIndex { get; set; }

            [Field("0+")]
            public int[] BrokerIds { get; set; } = [];
        }

        public sealed partial class CreatableTopicConfig
        {
            [Field("0+")]
            public string Name { get; set; } = "";

            [Field("0+", Nullable = "0+")]
            public string? Value { get; set; } = "";
        }
    }
}

/// <summary>Per topic: its id, partitions and configs, or the error.</summary>
[Message(ApiKey.CreateTopics, "0-7", Flexible = "5+")]
public sealed partial class CreateTopicsResponse : IMessage<CreateTopicsResponse>
{
    [Field("2+", Ignorable = true)]
    public int ThrottleTimeMs { get; set; }

    [Field("0+")]
    public CreatableTopicResult[] Topics { get; set; } = [];

    public sealed partial class CreatableTopicResult
    {
        [Field("0+")]
        public string Name { get; set; } = "";

        [Field("7+", Ignorable = true)]
        public Guid TopicId { get; set; }

        [Field("0+")]
        public ErrorCode ErrorCode { get; set; }

        [Field("1+", Nullable = "0+", Ignorable = true)]
        public string? ErrorMessage { get; set; } = "";

        [Field("5+", Tag = 0, Tagged = "5+", Ignorable = true)]
        public ErrorCode TopicConfigErrorCode { get; set; }

        [Field("5+", Ignorable = true)]
        public int NumPartitions { get; set; } = -1;

        [Field("5+", Ignorable = true)]
        public short ReplicationFactor { get; set; } = -1;

        [Field("5+", Nullable = "5+", Ignorable = true)]
        public CreatableTopicConfigs[]? Configs { get; set; } = [];

        public sealed partial class CreatableTopicConfigs
        {
            [Field("5+")]
            public string Name { get; set; } = "";

            [Field("5+", Nullable = "5+")]
            public string? Value { get; set; } = "";

            [Field("5+")]
            public bool ReadOnly { get; set; }

            [Field("5+", Ignorable = true)]
            public sbyte ConfigSource { get; set; } = -1;

            [Field("5+")]
            public bool IsSensitive { get; set; }
        }
    }
}
