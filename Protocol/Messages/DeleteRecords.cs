using KLog.Protocol.Wire;

namespace KLog.Protocol.Messages;

/// <summary>Moves the log start of partitions forward.</summary>
[Message(ApiKey.DeleteRecords, "0-2", Flexible = "2+")]
public sealed partial class DeleteRecordsRequest : IRequest<DeleteRecordsRequest, DeleteRecordsResponse>
{
    [Field("0+")]
    public DeleteRecordsTopic[] Topics { get; set; } = [];

    [Field("0+")]
    public int TimeoutMs { get; set; }

    public sealed partial class DeleteRecordsTopic
    {
        [Field("0+")]
        public string Name { get; set; } = "";

        [Field("0+")]
        public DeleteRecordsPartition[] Partitions { get; set; } = [];

        public sealed partial class DeleteRecordsPartition
        {
            [Field("0+")]
            public int PartitionIndex { get; set; }

            [Field("0+")]
            public long Offset { get; set; }
        }
    }
}

/// <summary>Per partition: the new low watermark.</summary>
[Message(ApiKey.DeleteRecords, "0-2", Flexible = "2+")]
public sealed partial class DeleteRecordsResponse : IMessage<DeleteRecordsResponse>
{
    [Field("0+")]
    public int ThrottleTimeMs { get; set; }

    [Field("0+")]
    public DeleteRecordsTopicResult[] Topics { get; set; } = [];

    public sealed partial class DeleteRecordsTopicResult
    {
        [Field("0+")]
        public string Name { get; set; } = "";

        [Field("0+")]
        public DeleteRecordsPartitionResult[] Partitions { get; set; } = [];

        public sealed partial class DeleteRecordsPartitionResult
        {
            [Field("0+")]
            public int PartitionIndex { get; set; }

            [Field("0+")]
            public long LowWatermark { get; set; }

            [Field("0+")]
            public ErrorCode ErrorCode { get; set; }
        }
    }
}
