using static KLog.Broker.Configuration.ConfigRule;
using static KLog.Broker.Configuration.ConfigType;
using static KLog.Broker.Configuration.UpdateMode;

namespace KLog.Broker.Configuration;

/// <summary>
/// What Kafka lets its administrators change while it runs, and KLog has no use for: taken and shown, so that their tools
/// and scripts go on working, but without effect.
/// </summary>
internal static class UnusedDefinitions
{
    public static readonly ConfigDefinition[] All =
    [
        Threads("num.network.threads", "3", "Kafka's threads that receive and send"),
        Threads("num.io.threads", "8", "Kafka's threads that handle requests"),
        Threads("background.threads", "10", "Kafka's threads for work in the background"),
        Unused("group.coordinator.cached.buffer.max.bytes", "1048588", 524_288, "How large a buffer Kafka's group coordinator keeps for its next write"),
        Unused("group.consumer.assignment.interval.ms", "1000", 0, "How long Kafka waits between two assignments of a consumer group; KLog assigns at once"),
        Unused("group.share.assignment.interval.ms", "1000", 0, "The same for share groups, which KLog does not have"),
        Unused("group.streams.assignment.interval.ms", "1000", 0, "The same for streams groups, which KLog does not have"),
    ];

    private static ConfigDefinition Unused(string name, string number, int least, string what) =>
        new(name, Int, number, $"{what}; without effect in KLog.", ClusterWide) { Rule = AtLeast(least), IsUsed = false };

    private static ConfigDefinition Threads(string name, string number, string whose) =>
        new(name, Int, number, $"{whose}; without effect in KLog, which uses as many as there are processors.", ClusterWide)
        {
            Rule = AtLeast(1),
            IsUsed = false,
        };
}
