using KLog.Protocol.Wire;

namespace KLog.Protocol.Messages;

/// <summary>Deletes a group's offsets of partitions that it no longer reads (KIP-496).</summary>
[Message(ApiKey.OffsetDelete, "0")]
public sealed partial class OffsetDeleteRequest : IRequest<OffsetDeleteRequest, OffsetDeleteResponse>
{
    [Field("0+")]
    public string GroupId { get; set; } = "";

    [Field("0+")]
    public OffsetDeleteRequestTopic[] Topics { get; set; } = [];

    public sealed partial class OffsetDeleteRequestTopic
    {
        [Field("0+")]
        public string Name { get; set; } = "";

        [Field("0+")]
        public OffsetDeleteRequestPartition[] Partitions { get; set; } = [];

        public sealed partial class OffsetDeleteRequestPartition
        {
            [Field("0+")]
            public int PartitionIndex { get; set; }
        }
    }
}

/// <summary>Per partition: the result.</summary>
[Message(ApiKey.OffsetDelete, "0")]
public sealed partial class OffsetDeleteResponse : IMessage<OffsetDeleteResponse>
{
    [Field("0+")]
    public ErrorCode ErrorCode { get; set; }

    [Field("0+", Ignorable = true)]
    public int ThrottleTimeMs { get; set; }

    [Field("0+")]
    public OffsetDeleteResponseTopic[] Topics { get; set; } = [];

    public sealed partial class OffsetDeleteResponseTopic
    {
        [Field("0+")]
        public string Name { get; set; } = "";

        [Field("0+")]
        public OffsetDeleteResponsePartition[] Partitions { get; set; } = [];

        public sealed partial class OffsetDeleteResponsePartition
        {
            [Field("0+")]
            public int PartitionIndex { get; set; }

            [Field("0+")]
            public ErrorCode ErrorCode { get; set; }
        }
    }
}
