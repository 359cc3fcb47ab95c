using KLog.Protocol.Wire;

namespace KLog.Protocol.Messages;

/// <summary>The controller tells a broker to stop, and maybe delete, replicas.</summary>
[Message(ApiKey.StopReplica, "0-4", Flexible = "2+")]
public sealed partial class StopReplicaRequest : IRequest<StopReplicaRequest, StopReplicaResponse>
{
    [Field("0+")]
    public int ControllerId { get; set; }

    [Field("4+")]
    public bool IsKRaftController { get; set; }

    [Field("0+")]
    public int ControllerEpoch { get; set; }

    [Field("1+", Ignorable = true)]
    public long BrokerEpoch { get; set; } = -1;

    [Field("0-2")]
    public bool DeletePartitions { get; set; }

    [Field("0")]
    public StopReplicaPartitionV0[] UngroupedPartitions { get; set; } = [];

    [Field("1-2")]
    public StopReplicaTopicV1[] Topics { get; set; } = [];

    [Field("3+")]
    public StopReplicaTopicState[] TopicStates { get; set; } = [];

    public sealed partial class StopReplicaPartitionV0
    {
        [Field("0")]
        public string TopicName { get; set; } = "";

        [Field("0")]
        public int PartitionIndex { get; set; }
    }

    public sealed partial class StopReplicaTopicV1
    {
        [Field("1-2")]
        public string Name { get; set; } = "";

        [Field("1-2")]
        public int[] PartitionIndexes { get; set; } = [];
    }

    public sealed partial class StopReplicaTopicState
    {
        [Field("3+")]
        public string TopicName { get; set; } = "";

        [Field("3+")]
        public StopReplicaPartitionState[] PartitionStates { get; set; } = [];

        public sealed partial class StopReplicaPartitionState
        {
            [Field("3+")]
            public int PartitionIndex { get; set; }

            [Field("3+")]
            public int LeaderEpoch { get; set; } = -1;

            [Field("3+")]
            public bool DeletePartition { get; set; }
        }
    }
}

/// <summary>Per partition: the result.</summary>
[Message(ApiKey.StopReplica, "0-4", Flexible = "2+")]
public sealed partial class StopReplicaResponse : IMessage<StopReplicaResponse>
{
    [Field("0+")]
    public ErrorCode ErrorCode { get; set; }

    [Field("0+")]
    public StopReplicaPartitionError[] PartitionErrors { get; set; } = [];

    public sealed partial class StopReplicaPartitionError
    {
        [Field("0+")]
        public string TopicName { get; set; } = "";

        [Field("0+")]
        public int PartitionIndex { get; set; }

        [Field("0+")]
        public ErrorCode ErrorCode { get; set; }
    }
}
