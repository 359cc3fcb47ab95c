using KLog.Protocol.Wire;

namespace KLog.Protocol.Messages;

/// <summary>Asks for the moves that are under way (KIP-455).</summary>
[Message(ApiKey.ListPartitionReassignments, "0", Flexible = "0+")]
public sealed partial class ListPartitionReassignmentsRequest : IRequest<ListPartitionReassignmentsRequest, ListPartitionReassignmentsResponse>
{
    [Field("0+")]
    public int TimeoutMs { get; set; } = 60000;

    [Field("0+", Nullable = "0+")]
    public ListPartitionReassignmentsTopics[]? Topics { get; set; }

    public sealed partial class ListPartitionReassignmentsTopics
    {
        [Field("0+")]
        public string Name { get; set; } = "";

        [Field("0+")]
        public int[] PartitionIndexes { get; set; } = [];
    }
}

/// <summary>Per partition: replicas, and those that are being added and removed.</summary>
[Message(ApiKey.ListPartitionReassignments, "0", Flexible = "0+")]
public sealed partial class ListPartitionReassignmentsResponse : IMessage<ListPartitionReassignmentsResponse>
{
    [Field("0+")]
    public int ThrottleTimeMs { get; set; }

    [Field("0+")]
    public ErrorCode ErrorCode { get; set; }

    [Field("0+", Nullable = "0+")]
    public string? ErrorMessage { get; set; } = "";

    [Field("0+")]
    public OngoingTopicReassignment[] Topics { get; set; } = [];

    public sealed partial class OngoingTopicReassignment
    {
        [Field("0+")]
        public string Name { get; set; } = "";

        [Field("0+")]
        public OngoingPartitionReassignment[] Partitions { get; set; } = [];

        public sealed partial class OngoingPartitionReassignment
        {
            [Field("0+")]
            public int PartitionIndex { get; set; }

            [Field("0+")]
            public int[] Replicas { get; set; } = [];

            [Field("0+")]
            public int[] AddingReplicas { get; set; } = [];

            [Field("0+")]
            public int[] RemovingReplicas { get; set; } = [];
        }
    }
}
