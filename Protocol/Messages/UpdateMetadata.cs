using KLog.Protocol.Wire;

namespace KLog.Protocol.Messages;

/// <summary>The controller tells a broker the state of the cluster.</summary>
[Message(ApiKey.UpdateMetadata, "0-8", Flexible = "6+")]
public sealed partial class UpdateMetadataRequest : IRequest<UpdateMetadataRequest, UpdateMetadataResponse>
{
    [Field("0+")]
    public int ControllerId { get; set; }

    [Field("8+")]
    public bool IsKRaftController { get; set; }

    [Field("8+", Tag = 0, Tagged = "8+")]
    public sbyte Type { get; set; }

    [Field("0+")]
    public int ControllerEpoch { get; set; }

    [Field("5+", Ignorable = true)]
    public long BrokerEpoch { get; set; } = -1;

    [Field("0-4")]
    public UpdateMetadataPartitionState[] UngroupedPartitionStates { get; set; } = [];

    [Field("5+")]
    public UpdateMetadataTopicState[] TopicStates { get; set; } = [];

    [Field("0+")]
    public UpdateMetadataBroker[] LiveBrokers { get; set; } = [];

    public sealed partial class UpdateMetadataTopicState
    {
        [Field("5+")]
        public string TopicName { get; set; } = "";

        [Field("7+", Ignorable = true)]
        public Guid TopicId { get; set; }

        [Field("5+")]
        public UpdateMetadataPartitionState[] PartitionStates { get; set; } = [];
    }

    public sealed partial class UpdateMetadataBroker
    {
        [Field("0+")]
        public int Id { get; set; }

        [Field("0", Ignorable = true)]
        public string V0Host { get; set; } = "";

        [Field("0", Ignorable = true)]
        public int V0Port { get; set; }

        [Field("1+", Ignorable = true)]
        public UpdateMetadataEndpoint[] Endpoints { get; set; } = [];

        [Field("2+", Nullable = "0+", Ignorable = true)]
        public string? Rack { get; set; } = "";

        public sealed partial class UpdateMetadataEndpoint
        {
            [Field("1+")]
            public int Port { get; set; }

            [Field("1+")]
            public string Host { get; set; } = "";

            [Field("3+", Ignorable = true)]
            public string Listener { get; set; } = "";

            [Field("1+")]
            public short SecurityProtocol { get; set; }
        }
    }

    public sealed partial class UpdateMetadataPartitionState
    {
        [Field("0-4", Ignorable = true)]
        public string TopicName { get; set; } = "";

        [Field("0+")]
        public int PartitionIndex { get; set; }

        [Field("0+")]
        public int ControllerEpoch { get; set; }

        [Field("0+")]
        public int Leader { get; set; }

        [Field("0+")]
        public int LeaderEpoch { get; set; }

        [Field("0+")]
        public int[] Isr { get; set; } = [];

        [Field("0+")]
        public int ZkVersion { get; set; }

        [Field("0+")]
        public int[] Replicas { get; set; } = [];

        [Field("4+", Ignorable = true)]
        public int[] OfflineReplicas { get; set; } = [];
    }
}

/// <summary>Whether it was taken in.</summary>
[Message(ApiKey.UpdateMetadata, "0-8", Flexible = "6+")]
public sealed partial class UpdateMetadataResponse : IMessage<UpdateMetadataResponse>
{
    [Field("0+")]
    public ErrorCode ErrorCode { get; set; }
}
