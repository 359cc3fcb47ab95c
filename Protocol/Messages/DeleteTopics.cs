using KLog.Protocol.Wire;

namespace KLog.Protocol.Messages;

/// <summary>Deletes topics, by name or (version 6 and up) by id.</summary>
[Message(ApiKey.DeleteTopics, "0-6", Flexible = "4+")]
public sealed partial class DeleteTopicsRequest : IRequest<DeleteTopicsRequest, DeleteTopicsResponse>
{
    [Field("6+")]
    public DeleteTopicState[] Topics { get; set; } = [];

    [Field("0-5", Ignorable = true)]
    public string[] TopicNames { get; set; } = [];

    [Field("0+")]
    public int TimeoutMs { get; set; }

    public sealed partial class DeleteTopicState
    {
        [Field("6+", Nullable = "6+")]
        public string? Name { get; set; }

        [Field("6+")]
        public Guid TopicId { get; set; }
    }
}

/// <summary>Per topic: whether its deletion has begun.</summary>
[Message(ApiKey.DeleteTopics, "0-6", Flexible = "4+")]
public sealed partial class DeleteTopicsResponse : IMessage<DeleteTopicsResponse>
{
    [Field("1+", Ignorable = true)]
    public int ThrottleTimeMs { get; set; }

    [Field("0+")]
    public DeletableTopicResult[] Responses { get; set; } = [];

    public sealed partial class DeletableTopicResult
    {
        [Field("0+", Nullable = "6+")]
        public string? Name { get; set; } = "";

        [Field("6+", Ignorable = true)]
        public Guid TopicId { get; set; }

        [Field("0+")]
        public ErrorCode ErrorCode { get; set; }

        [Field("5+", Nullable = "5+", Ignorable = true)]
        public string? ErrorMessage { get; set; }
    }
}
