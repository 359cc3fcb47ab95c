using KLog.Protocol.Wire;

namespace KLog.Protocol.Messages;

/// <summary>Asks for brokers and topics; null for all topics, an empty list for none (version 0: empty for all).</summary>
[Message(ApiKey.Metadata, "0-13", Flexible = "9+")]
public sealed partial class MetadataRequest : IRequest<MetadataRequest, MetadataResponse>
{
    [Field("0+", Nullable = "1+")]
    public MetadataRequestTopic[]? Topics { get; set; } = [];

    [Field("4+")]
    public bool AllowAutoTopicCreation { get; set; } = true;

    [Field("8-10")]
    public bool IncludeClusterAuthorizedOperations { get; set; }

    [Field("8+")]
    public bool IncludeTopicAuthorizedOperations { get; set; }

    public sealed partial class MetadataRequestTopic
    {
        [Field("10+", Ignorable = true)]
        public Guid TopicId { get; set; }

        [Field("0+", Nullable = "10+")]
        public string? Name { get; set; } = "";
    }
}

/// <summary>Brokers, controller, and of each topic its partitions with leader, replicas and in-sync set.</summary>
[Message(ApiKey.Metadata, "0-13", Flexible = "9+")]
public sealed partial class MetadataResponse : IMessage<MetadataResponse>
{
    [Field("3+", Ignorable = true)]
    public int ThrottleTimeMs { get; set; }

    [Field("0+")]
    public MetadataResponseBroker[] Brokers { get; set; } = [];

    [Field("2+", Nullable = "2+", Ignorable = true)]
    public string? ClusterId { get; set; }

    [Field("1+", Ignorable = true)]
    public int ControllerId { get; set; } = -1;

    [Field("0+")]
    public MetadataResponseTopic[] Topics { get; set; } = [];

    [Field("8-10")]
    public int ClusterAuthorizedOperations { get; set; } = int.MinValue;

    [Field("13+", Ignorable = true)]
    public ErrorCode ErrorCode { get; set; }

    public sealed partial class MetadataResponseBroker
    {
        [Field("0+")]
        public int NodeId { get; set; }

        [Field("0+")]
        public string Host { get; set; } = "";

        [Field("0+")]
        public int Port { get; set; }

        [Field("1+", Nullable = "1+", Ignorable = true)]
        public string? Rack { get; set; }
    }

    public sealed partial class MetadataResponseTopic
    {
        [Field("0+")]
        public ErrorCode ErrorCode { get; set; }

        [Field("0+", Nullable = "12+")]
        public string? Name { get; set; } = "";

        [Field("10+", Ignorable = true)]
        public Guid TopicId { get; set; }

        [Field("1+", Ignorable = true)]
        public bool IsInternal { get; set; }

        [Field("0+")]
        public MetadataResponsePartition[] Partitions { get; set; } = [];

        [Field("8+")]
        public int TopicAuthorizedOperations { get; set; } = int.MinValue;

        public sealed partial class MetadataResponsePartition
        {
            [Field("0+")]
            public ErrorCode ErrorCode { get; set; }

            [Field("0+")]
            public int PartitionIndex { get; set; }

            [Field("0+")]
            public int LeaderId { get; set; }

            [Field("7+", Ignorable = true)]
            public int LeaderEpoch { get; set; } = -1;

            [Field("0+")]
            public int[] ReplicaNodes { get; set; } = [];

            [Field("0+")]
            public int[] IsrNodes { get; set; } = [];

            [Field("5+", Ignorable = true)]
            public int[] OfflineReplicas { get; set; } = [];
        }
    }
}
