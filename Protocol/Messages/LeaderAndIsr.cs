using KLog.Protocol.Wire;

namespace KLog.Protocol.Messages;

/// <summary>The controller tells a broker which replicas it leads and follows.</summary>
[Message(ApiKey.LeaderAndIsr, "0-7", Flexible = "4+")]
public sealed partial class LeaderAndIsrRequest : IRequest<LeaderAndIsrRequest, LeaderAndIsrResponse>
{
    [Field("0+")]
    public int ControllerId { get; set; }

    [Field("7+")]
    public bool IsKRaftController { get; set; }

    [Field("0+")]
    public int ControllerEpoch { get; set; }

    [Field("2+", Ignorable = true)]
    public long BrokerEpoch { get; set; } = -1;

    [Field("5+")]
    public sbyte Type { get; set; }

    [Field("0-1")]
    public LeaderAndIsrPartitionState[] UngroupedPartitionStates { get; set; } = [];

    [Field("2+")]
    public LeaderAndIsrTopicState[] TopicStates { get; set; } = [];

    [Field("0+")]
    public LeaderAndIsrLiveLeader[] LiveLeaders { get; set; } = [];

    public sealed partial class LeaderAndIsrTopicState
    {
        [Field("2+")]
        public string TopicName { get; set; } = "";

        [Field("5+", Ignorable = true)]
        public Guid TopicId { get; set; }

        [Field("2+")]
        public LeaderAndIsrPartitionState[] PartitionStates { get; set; } = [];
    }

    public sealed partial class LeaderAndIsrLiveLeader
    {
        [Field("0+")]
        public int BrokerId { get; set; }

        [Field("0+")]
        public string HostName { get; set; } = "";

        [Field("0+")]
        public int Port { get; set; }
    }

    public sealed partial class LeaderAndIsrPartitionState
    {
        [Field("0-1", Ignorable = true)]
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
        public int PartitionEpoch { get; set; }

        [Field("0+")]
        public int[] Replicas { get; set; } = [];

        [Field("3+", Ignorable = true)]
        public int[] AddingReplicas { get; set; } = [];

        [Field("3+", Ignorable = true)]
        public int[] RemovingReplicas { get; set; } = [];

        [Field("1+", Ignorable = true)]
        public bool IsNew { get; set; }

        [Field("6+")]
        public sbyte LeaderRecoveryState { get; set; }
    }
}

/// <summary>Per partition: the result.</summary>
[Message(ApiKey.LeaderAndIsr, "0-7", Flexible = "4+")]
public sealed partial class LeaderAndIsrResponse : IMessage<LeaderAndIsrResponse>
{
    [Field("0+")]
    public ErrorCode ErrorCode { get; set; }

    [Field("0-4")]
    public LeaderAndIsrPartitionError[] PartitionErrors { get; set; } = [];

    [Field("5+")]
    public LeaderAndIsrTopicError[] Topics { get; set; } = [];

    public sealed partial class LeaderAndIsrTopicError
    {
        [Field("5+")]
        public Guid TopicId { get; set; }

        [Field("5+")]
        public LeaderAndIsrPartitionError[] PartitionErrors { get; set; } = [];
    }

    public sealed partial class LeaderAndIsrPartitionError
    {
        [Field("0-4", Ignorable = true)]
        public string TopicName { get; set; } = "";

        [Field("0+")]
        public int PartitionIndex { get; set; }

        [Field("0+")]
        public ErrorCode ErrorCode { get; set; }
    }
}
