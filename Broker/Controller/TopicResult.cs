using KLog.Protocol;

namespace KLog.Broker.Controller;

/// <summary>Why a topic was refused, in Kafka's codes and words.</summary>
public readonly record struct TopicRefusal(ErrorCode Error, string Message);

/// <summary>What became of one topic of a request.</summary>
/// <param name="Topic">The topic after the change, also when it was only validated; null when it was refused.</param>
public readonly record struct TopicResult(string Name, TopicRecord? Topic, TopicRefusal? Refusal)
{
    public static TopicResult Done(TopicRecord topic) => new(topic.Name, topic, null);

    public static TopicResult Refused(string name, ErrorCode error, string message) => new(name, null, new TopicRefusal(error, message));

    public static TopicResult Refused(string name, TopicRefusal refusal) => new(name, null, refusal);
}
