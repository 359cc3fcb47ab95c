using KLog.Protocol.Wire;

namespace KLog.Protocol.Messages;

/// <summary>A broker asks the controller to move its leaderships away.</summary>
[Message(ApiKey.ControlledShutdown, "0-3", Flexible = "3+")]
public sealed partial class ControlledShutdownRequest : IRequest<ControlledShutdownRequest, ControlledShutdownResponse>
{
    [Field("0+")]
    public int BrokerId { get; set; }

    [Field("2+", Ignorable = true)]
    public long BrokerEpoch { get; set; } = -1;
}

/// <summary>The partitions that it still leads.</summary>
[Message(ApiKey.ControlledShutdown, "0-3", Flexible = "3+")]
public sealed partial class ControlledShutdownResponse : IMessage<ControlledShutdownResponse>
{
    [Field("0+")]
    public ErrorCode ErrorCode { get; set; }

    [Field("0+")]
    public RemainingPartition[] RemainingPartitions { get; set; } = [];

    public sealed partial class RemainingPartition
    {
        [Field("0+")]
        public string TopicName { get; set; } = "";

        [Field("0+")]
        public int PartitionIndex { get; set; }
    }
}
