namespace KLog.Broker.Metadata;

/// <summary>The topics that hold the cluster's own state, by Kafka's names.</summary>
public static class InternalTopics
{
    public const string ConsumerOffsets = "__consumer_offsets";
    public const string TransactionState = "__transaction_state";

    public static bool Contains(string topic) => topic is ConsumerOffsets or TransactionState;
}
