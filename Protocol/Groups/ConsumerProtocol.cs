using KLog.Protocol.Wire;

namespace KLog.Protocol.Groups;

/// <summary>What a member of a classic group of type <c>consumer</c> says of itself when it joins.</summary>
[Message("0-3")]
public sealed partial class ConsumerProtocolSubscription : ISchema<ConsumerProtocolSubscription>
{
    [Field("0+")]
    public string[] Topics { get; set; } = [];

    [Field("0+", Nullable = "0+")]
    public ReadOnlyMemory<byte>? UserData { get; set; }

    [Field("1+", Ignorable = true)]
    public TopicPartition[] OwnedPartitions { get; set; } = [];

    [Field("2+", Ignorable = true)]
    public int GenerationId { get; set; } = -1;

    [Field("3+", Nullable = "3+", Ignorable = true)]
    public string? RackId { get; set; }

    public sealed partial class TopicPartition
    {
        [Field("1+")]
        public string Topic { get; set; } = "";

        [Field("1+")]
        public int[] Partitions { get; set; } = [];
    }
}

/// <summary>What a member of a classic group of type <c>consumer</c> gets from the leader.</summary>
[Message("0-3")]
public sealed partial class ConsumerProtocolAssignment : ISchema<ConsumerProtocolAssignment>
{
    [Field("0+")]
    public TopicPartition[] AssignedPartitions { get; set; } = [];

    [Field("0+", Nullable = "0+")]
    public ReadOnlyMemory<byte>? UserData { get; set; }

    public sealed partial class TopicPartition
    {
        [Field("0+")]
        public string Topic { get; set; } = "";

        [Field("0+")]
        public int[] Partitions { get; set; } = [];
    }
}
