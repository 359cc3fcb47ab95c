using KLog.Protocol.Wire;

namespace KLog.Protocol.Messages;

/// <summary>Asks for the log directories and the size of the replicas in them.</summary>
[Message(ApiKey.DescribeLogDirs, "0-5", Flexible = "2+")]
public sealed partial class DescribeLogDirsRequest : IRequest<DescribeLogDirsRequest, DescribeLogDirsResponse>
{
    [Field("0+", Nullable = "0+")]
    public DescribableLogDirTopic[]? Topics { get; set; } = [];

    public sealed partial class DescribableLogDirTopic
    {
        [Field("0+")]
        public string Topic { get; set; } = "";

        [Field("0+")]
        public int[] Partitions { get; set; } = [];
    }
}

/// <summary>Per directory: replicas with size and lag, and the space of the volume.</summary>
[Message(ApiKey.DescribeLogDirs, "0-5", Flexible = "2+")]
public sealed partial class DescribeLogDirsResponse : IMessage<DescribeLogDirsResponse>
{
    [Field("0+")]
    public int ThrottleTimeMs { get; set; }

    [Field("3+", Ignorable = true)]
    public ErrorCode ErrorCode { get; set; }

    [Field("0+")]
    public DescribeLogDirsResult[] Results { get; set; } = [];

    public sealed partial class DescribeLogDirsResult
    {
        [Field("0+")]
        public ErrorCode ErrorCode { get; set; }

        [Field("0+")]
        public string LogDir { get; set; } = "";

        [Field("0+")]
        public DescribeLogDirsTopic[] Topics { get; set; } = [];

        [Field("4+", Ignorable = true)]
        public long TotalBytes { get; set; } = -1;

        [Field("4+", Ignorable = true)]
        public long UsableBytes { get; set; } = -1;

        [Field("5+", Ignorable = true)]
        public bool IsCordoned { get; set; }

        public sealed partial class DescribeLogDirsTopic
        {
            [Field("0+")]
            public string Name { get; set; } = "";

            [Field("0+")]
            public DescribeLogDirsPartition[] Partitions { get; set; } = [];

            public sealed partial class DescribeLogDirsPartition
            {
                [Field("0+")]
                public int PartitionIndex { get; set; }

                [Field("0+")]
                public long PartitionSize { get; set; }

                [Field("0+")]
                public long OffsetLag { get; set; }

                [Field("0+")]
                public bool IsFutureKey { get; set; }
            }
        }
    }
}
