using KLog.Protocol.Wire;

namespace KLog.Protocol.Messages;

/// <summary>A transaction coordinator has commit or abort markers written.</summary>
[Message(ApiKey.WriteTxnMarkers, "0-2", Flexible = "1+")]
public sealed partial class WriteTxnMarkersRequest : IRequest<WriteTxnMarkersRequest, WriteTxnMarkersResponse>
{
    [Field("0+")]
    public WritableTxnMarker[] Markers { get; set; } = [];

    public sealed partial class WritableTxnMarker
    {
        [Field("0+")]
        public long ProducerId { get; set; }

        [Field("0+")]
        public short ProducerEpoch { get; set; }

        [Field("0+")]
        public bool TransactionResult { get; set; }

        [Field("0+")]
        public WritableTxnMarkerTopic[] Topics { get; set; } = [];

        [Field("0+")]
        public int CoordinatorEpoch { get; set; }

        [Field("2+", Ignorable = true)]
        public sbyte TransactionVersion { get; set; }

        public sealed partial class WritableTxnMarkerTopic
        {
            [Field("0+")]
            public string Name { get; set; } = "";

            [Field("0+")]
            public int[] PartitionIndexes { get; set; } = [];
        }
    }
}

/// <summary>Per producer and partition: the result.</summary>
[Message(ApiKey.WriteTxnMarkers, "0-2", Flexible = "1+")]
public sealed partial class WriteTxnMarkersResponse : IMessage<WriteTxnMarkersResponse>
{
    [Field("0+")]
    public WritableTxnMarkerResult[] Markers { get; set; } = [];

    public sealed partial class WritableTxnMarkerResult
    {
        [Field("0+")]
        public long ProducerId { get; set; }

        [Field("0+")]
        public WritableTxnMarkerTopicResult[] Topics { get; set; } = [];

        public sealed partial class WritableTxnMarkerTopicResult
        {
            [Field("0+")]
            public string Name { get; set; } = "";

            [Field("0+")]
            public WritableTxnMarkerPartitionResult[] Partitions { get; set; } = [];

            public sealed partial class WritableTxnMarkerPartitionResult
            {
                [Field("0+")]
                public int PartitionIndex { get; set; }

                [Field("0+")]
                public ErrorCode ErrorCode { get; set; }
            }
        }
    }
}
