using System.Globalization;

namespace KLog.Broker.Configuration;

/// <summary>The topics that the broker keeps for itself, and the topic configs that it creates them with.</summary>
public static class InternalTopics
{
    public const string ConsumerOffsets = "__consumer_offsets";
    public const string TransactionState = "__transaction_state";

    public static bool IsInternal(string topic) => topic is ConsumerOffsets or TransactionState;

    /// <summary>Empty for a topic that is not internal.</summary>
    public static IReadOnlyDictionary<string, string> ConfigsOf(string topic, BrokerConfig broker) => topic switch
    {
        ConsumerOffsets => new Dictionary<string, string>
        {
            ["cleanup.policy"] = "compact",
            ["compression.type"] = "producer",
            ["segment.bytes"] = Text(broker.OffsetsTopicSegmentBytes),
        },
        TransactionState => new Dictionary<string, string>
        {
            ["cleanup.policy"] = "compact",
            ["compression.type"] = "uncompressed",
            ["min.insync.replicas"] = Text(broker.TransactionStateLogMinIsr),
            ["segment.bytes"] = Text(broker.TransactionStateLogSegmentBytes),
            ["unclean.leader.election.enable"] = "false",
        },
        _ => ConfigLayers.None,
    };

    private static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);
}
