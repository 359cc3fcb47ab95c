using KLog.Protocol.Wire;

namespace KLog.Protocol.Messages;

/// <summary>Asks how far a group has come; several groups in version 8 and up.</summary>
[Message(ApiKey.OffsetFetch, "0-10", Flexible = "6+")]
public sealed partial class OffsetFetchRequest : IRequest<OffsetFetchRequest, OffsetFetchResponse>
{
    [Field("0-7")]
    public string GroupId { get; set; } = "";

    [Field("0-7", Nullable = "2-7")]
    public OffsetFetchRequestTopic[]? Topics { get; set; } = [];

    [Field("8+")]
    public OffsetFetchRequestGroup[] Groups { get; set; } = [];

    [Field("7+")]
    public bool RequireStable { get; set; }

    public sealed partial class OffsetFetchRequestTopic
    {
        [Field("0-7")]
        public string Name { get; set; } = "";

        [Field("0-7")]
        public int[] PartitionIndexes { get; set; } = [];
    }

    public sealed partial class OffsetFetchRequestGroup
    {
        [Field("8+")]
        public string GroupId { get; set; } = "";

        [Field("9+", Nullable = "9+", Ignorable = true)]
        public string? MemberId { get; set; }

        [Field("9+", Ignorable = true)]
        public int MemberEpoch { get; set; } = -1;

        [Field("8+", Nullable = "8+")]
        public OffsetFetchRequestTopics[]? Topics { get; set; } = [];

        public sealed partial class OffsetFetchRequestTopics
        {
            [Field("8-9", Ignorable = true)]
            public string Name { get; set; } = "";

            [Field("10+", Ignorable = true)]
            public Guid TopicId { get; set; }

            [Field("8+")]
            public int[] PartitionIndexes { get; set; } = [];
        }
    }
}

/// <summary>Per partition: the committed offset, −1 when there is none.</summary>
[Message(ApiKey.OffsetFetch, "0-10", Flexible = "6+")]
public sealed partial class OffsetFetchResponse : IMessage<OffsetFetchResponse>
{
    [Field("3+", Ignorable = true)]
    public int ThrottleTimeMs { get; set; }

    [Field("0-7")]
    public OffsetFetchResponseTopic[] Topics { get; set; } = [];

    [Field("2-7", Ignorable = true)]
    public ErrorCode ErrorCode { get; set; }

    [Field("8+")]
    public OffsetFetchResponseGroup[] Groups { get; set; } = [];

    public sealed partial class OffsetFetchResponseTopic
    {
        [Field("0-7")]
        public string Name { get; set; } = "";

        [Field("0-7")]
        public OffsetFetchResponsePartition[] Partitions { get; set; } = [];

        public sealed partial class OffsetFetchResponsePartition
        {
            [Field("0-7")]
            public int PartitionIndex { get; set; }

            [Field("0-7")]
            public long CommittedOffset { get; set; }

            [Field("5-7", Ignorable = true)]
            public int CommittedLeaderEpoch { get; set; } = -1;

            [Field("0-7", Nullable = "0-7")]
            public string? Metadata { get; set; } = "";

            [Field("0-7")]
            public ErrorCode ErrorCode { get; set; }
        }
    }

    public sealed partial class OffsetFetchResponseGroup
    {
        [Field("8+")]
        public string GroupId { get; set; } = "";

        [Field("8+")]
        public OffsetFetchResponseTopics[] Topics { get; set; } = [];

        [Field("8+")]
        public ErrorCode ErrorCode { get; set; }

        public sealed partial class OffsetFetchResponseTopics
        {
            [Field("8-9", Ignorable = true)]
            public string Name { get; set; } = "";

            [Field("10+", Ignorable = true)]
            public Guid TopicId { get; set; }

            [Field("8+")]
            public OffsetFetchResponsePartitions[] Partitions { get; set; } = [];

            public sealed partial class OffsetFetchResponsePartitions
            {
                [Field("8+")]
                public int PartitionIndex { get; set; }

                [Field("8+")]
                public long CommittedOffset { get; set; }

                [Field("8+", Ignorable = true)]
                public int CommittedLeaderEpoch { get; set; } = -1;

                [Field("8+", Nullable = "8+")]
                public string? Metadata { get; set; } = "";

                [Field("8+")]
                public ErrorCode ErrorCode { get; set; }
            }
        }
    }
}
