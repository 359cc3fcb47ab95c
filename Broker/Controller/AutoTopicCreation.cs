using KLog.Broker.Configuration;
using KLog.Broker.Metadata;
using KLog.Protocol;
using InternalTopics = KLog.Broker.Configuration.InternalTopics;

namespace KLog.Broker.Controller;

/// <summary>
/// Makes topics that a client asked about and that are not there (auto.create.topics.enable), with the brokers' defaults;
/// Kafka's own topics with their own settings.
/// </summary>
public sealed class AutoTopicCreation(ControllerLoop controller, ClusterView view, LiveBrokerConfig config)
{
    /// <summary>
    /// Makes what is missing, and returns why the others were not made. Topics that are not among the refused are in the
    /// view when this returns, also those that somebody else was quicker to make.
    /// </summary>
    public async ValueTask<IReadOnlyDictionary<string, TopicRefusal>> CreateMissingAsync(IEnumerable<string> topics, CancellationToken cancellation = default)
    {
        ClusterSnapshot now = view.Current;
        NewTopic[] missing = [.. topics.Distinct(StringComparer.Ordinal).Where(topic => now.Topic(topic) is null).Select(Wanted)];
        if (missing.Length == 0)
        {
            return new Dictionary<string, TopicRefusal>();
        }

        IReadOnlyList<TopicResult> results = await controller.CreateTopicsAsync(missing, validateOnly: false, cancellation);
        return results
            .Where(result => result.Refusal is { Error: not ErrorCode.TopicAlreadyExists })
            .ToDictionary(result => result.Name, result => result.Refusal!.Value);
    }

    private NewTopic Wanted(string topic)
    {
        BrokerConfig current = config.Current;
        IReadOnlyList<KeyValuePair<string, string?>> configs =
            [.. InternalTopics.ConfigsOf(topic, current).Select(entry => KeyValuePair.Create(entry.Key, (string?)entry.Value))];
        return topic switch
        {
            InternalTopics.ConsumerOffsets =>
                new NewTopic(topic, current.OffsetsTopicNumPartitions, current.OffsetsTopicReplicationFactor, null, configs),
            InternalTopics.TransactionState =>
                new NewTopic(topic, current.TransactionStateLogNumPartitions, current.TransactionStateLogReplicationFactor, null, configs),
            _ => NewTopic.ByDefault(topic),
        };
    }
}
