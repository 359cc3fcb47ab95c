using KLog.Protocol.Wire;

namespace KLog.Protocol.Messages;

/// <summary>Grows topics to a number of partitions.</summary>
[Message(ApiKey.CreatePartitions, "0-3", Flexible = "2+")]
public sealed partial class CreatePartitionsRequest : IRequest<CreatePartitionsRequest, CreatePartitionsResponse>
{
    [Field("0+")]
    public CreatePartitionsTopic[] Topics { get; set; } = [];

    [Field("0+")]
    public int TimeoutMs { get; set; }

    [Field("0+")]
    public bool ValidateOnly { get; set; }

    public sealed partial class CreatePartitionsTopic
    {
        [Field("0+")]
        public string Name { get; set; } = "";

        [Field("0+")]
        public int Count { get; set; }

        [Field("0+", Nullable = "0+")]
        public CreatePartitionsAssignment[]? Assignments { get; set; } = [];

        public sealed partial class CreatePartitionsAssignment
        {
            [Field("0+")]
            public int[] BrokerIds { get; set; } = [];
        }
    }
}

/// <summary>Per topic: the result.</summary>
[Message(ApiKey.CreatePartitions, "0-3", Flexible = "2+")]
public sealed partial class CreatePartitionsResponse : IMessage<CreatePartitionsResponse>
{
    [Field("0+")]
    public int ThrottleTimeMs { get; set; }

    [Field("0+")]
    public CreatePartitionsTopicResult[] Results { get; set; } = [];

    public sealed partial class CreatePartitionsTopicResult
    {
        [Field("0+")]
        public string Name { get; set; } = "";

        [Field("0+")]
        public ErrorCode ErrorCode { get; set; }

        [Field("0+", Nullable = "0+")]
        public string? ErrorMessage { get; set; }
    }
}
