using KLog.Protocol.Wire;

namespace KLog.Protocol.Messages;

/// <summary>A leader asks the controller to change the in-sync set (KIP-497).</summary>
[Message(ApiKey.AlterPartition, "0-3", Flexible = "0+")]
public sealed partial class AlterPartitionRequest : IRequest<AlterPartitionRequest, AlterPartitionResponse>
{
    [Field("0+")]
    public int BrokerId { get; set; }

    [Field("0+")]
    public long BrokerEpoch { get; set; } = -1;

    [Field("0+")]
    public TopicData[] Topics { get; set; } = [];

    public sealed partial class TopicData
    {
        [Field("0-1", Ignorable = true)]
        public string TopicName { get; set; } = "";

        [Field("2+", Ignorable = true)]
        public Guid TopicId { get; set; }

        [Field("0+")]
        public PartitionData[] Partitions { get; set; } = [];

        public sealed partial class PartitionData
        {
            [Field("0+")]
            public int PartitionIndex { get; set; }

            [Field("0+")]
            public int LeaderEpoch { get; set; }

            [Field("0-2")]
            public int[] NewIsr { get; set; } = [];

            [Field("3+")]
            public BrokerState[] NewIsrWithEpochs { get; set; } = [];

            [Field("1+")]
            public sbyte LeaderRecoveryState { get; set; }

            [Field("0+")]
            public int PartitionEpoch { get; set; }

            public sealed partial class BrokerState
            {
                [Field("3+")]
                public int BrokerId { get; set; }

                [Field("3+")]
                public long BrokerEpoch { get; set; } = -1;
            }
        }
    }
}

/// <summary>Per partition: the committed state.</summary>
[Message(ApiKey.AlterPartition, "0-3", Flexible = "0+")]
public sealed partial class AlterPartitionResponse : IMessage<AlterPartitionResponse>
{
    [Field("0+")]
    public int ThrottleTimeMs { get; set; }

    [Field("0+")]
    public ErrorCode ErrorCode { get; set; }

    [Field("0+")]
    public TopicData[] Topics { get; set; } = [];

    public sealed partial class TopicData
    {
        [Field("0-1", Ignorable = true)]
        public string TopicName { get; set; } = "";

        [Field("2+", Ignorable = true)]
        public Guid TopicId { get; set; }

        [Field("0+")]
        public PartitionData[] Partitions { get; set; } = [];

        public sealed partial class PartitionData
        {
            [Field("0+")]
            public int PartitionIndex { get; set; }

            [Field("0+")]
            public ErrorCode ErrorCode { get; set; }

            [Field("0+")]
            public int LeaderId { get; set; }

            [Field("0+")]
            public int LeaderEpoch { get; set; }

            [Field("0+")]
            public int[] Isr { get; set; } = [];

            [Field("1+", Ignorable = true)]
            public sbyte LeaderRecoveryState { get; set; }

            [Field("0+")]
            public int PartitionEpoch { get; set; }
        }
    }
}
