using KLog.Protocol.Wire;

namespace KLog.Protocol.Messages;

/// <summary>Moves replicas to other log directories of the broker.</summary>
[Message(ApiKey.AlterReplicaLogDirs, "0-2", Flexible = "2+")]
public sealed partial class AlterReplicaLogDirsRequest : IRequest<AlterReplicaLogDirsRequest, AlterReplicaLogDirsResponse>
{
    [Field("0+")]
    public AlterReplicaLogDir[] Dirs { get; set; } = [];

    public sealed partial class AlterReplicaLogDir
    {
        [Field("0+")]
        public string Path { get; set; } = "";

        [Field("0+")]
        public AlterReplicaLogDirTopic[] Topics { get; set; } = [];

        public sealed partial class AlterReplicaLogDirTopic
        {
            [Field("0+")]
            public string Name { get; set; } = "";

            [Field("0+")]
            public int[] Partitions { get; set; } = [];
        }
    }
}

/// <summary>Per partition: whether the move has begun.</summary>
[Message(ApiKey.AlterReplicaLogDirs, "0-2", Flexible = "2+")]
public sealed partial class AlterReplicaLogDirsResponse : IMessage<AlterReplicaLogDirsResponse>
{
    [Field("0+")]
    public int ThrottleTimeMs { get; set; }

    [Field("0+")]
    public AlterReplicaLogDirTopicResult[] Results { get; set; } = [];

    public sealed partial class AlterReplicaLogDirTopicResult
    {
        [Field("0+")]
        public string TopicName { get; set; } = "";

        [Field("0+")]
        public AlterReplicaLogDirPartitionResult[] Partitions { get; set; } = [];

        public sealed partial class AlterReplicaLogDirPartitionResult
        {
            [Field("0+")]
            public int PartitionIndex { get; set; }

            [Field("0+")]
            public ErrorCode ErrorCode { get; set; }
        }
    }
}
