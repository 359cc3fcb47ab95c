using static KLog.Broker.Configuration.ConfigRule;
using static KLog.Broker.Configuration.ConfigType;

namespace KLog.Broker.Configuration;

/// <summary>Every topic config of Kafka 3.9.2 and 4.3.1, and KLog's own.</summary>
public static class TopicDefinitions
{
    /// <summary>Kafka has this one for its own tests, and does not show it.</summary>
    public const string ForTests = "internal.segment.bytes";

    private const long Minute = 60_000;
    private const long Hour = 60 * Minute;

    // Before All, which uses it: static fields are made in the order of the text.
    private static ConfigRule ThrottledReplicas { get; } = new("*, or partition:broker pairs separated by commas", value =>
        (string[])value is ["*"] || ((string[])value).All(pair => pair.Split(':') is [var partition, var broker]
            && uint.TryParse(partition, out _) && uint.TryParse(broker, out _)));

    public static IReadOnlyDictionary<string, TopicDefinition> All { get; } = new SortedDictionary<string, TopicDefinition>(
        FromBroker().Concat(OfTheTopicAlone()).ToDictionary(definition => definition.Config.Name), StringComparer.Ordinal);

    private static IEnumerable<TopicDefinition> FromBroker() =>
    [
        Of("max.message.bytes", "message.max.bytes"),
        Of("segment.bytes", "log.segment.bytes"),
        Of("segment.ms", "log.roll.ms", ("log.roll.hours", Hour)),
        Of("segment.jitter.ms", "log.roll.jitter.ms", ("log.roll.jitter.hours", Hour)),
        Of("segment.index.bytes", "log.index.size.max.bytes"),
        Of("index.interval.bytes", "log.index.interval.bytes"),
        Of("retention.ms", "log.retention.ms", ("log.retention.minutes", Minute), ("log.retention.hours", Hour)) with
        {
            Config = BrokerDefinitions.All["log.retention.ms"] with { Name = "retention.ms", Rule = AtLeast(-1) },
        },
        Of("retention.bytes", "log.retention.bytes"),
        Of("file.delete.delay.ms", "log.segment.delete.delay.ms"),
        Of("cleanup.policy", "log.cleanup.policy"),
        Of("delete.retention.ms", "log.cleaner.delete.retention.ms"),
        Of("min.compaction.lag.ms", "log.cleaner.min.compaction.lag.ms"),
        Of("max.compaction.lag.ms", "log.cleaner.max.compaction.lag.ms"),
        Of("min.cleanable.dirty.ratio", "log.cleaner.min.cleanable.ratio"),
        Of("flush.messages", "log.flush.interval.messages"),
        Of("flush.ms", "log.flush.interval.ms", ("log.flush.scheduler.interval.ms", 1)),
        Of("klog.expose", "klog.expose"),
        Of("preallocate", "log.preallocate"),
        Of("message.timestamp.type", "log.message.timestamp.type"),
        Of("message.timestamp.before.max.ms", "log.message.timestamp.before.max.ms"),
        Of("message.timestamp.after.max.ms", "log.message.timestamp.after.max.ms"),
        Of("message.timestamp.difference.max.ms", "log.message.timestamp.difference.max.ms"),
        Of("compression.type", "compression.type"),
        Of("compression.gzip.level", "compression.gzip.level"),
        Of("compression.lz4.level", "compression.lz4.level"),
        Of("compression.zstd.level", "compression.zstd.level"),
        Of("min.insync.replicas", "min.insync.replicas"),
        Of("unclean.leader.election.enable", "unclean.leader.election.enable"),
    ];

    private static IEnumerable<TopicDefinition> OfTheTopicAlone() =>
    [
        new(new("leader.replication.throttled.replicas", List, "", "Replicas whose leader sends at a limited rate: partition:broker, or * for all.")
            { Rule = ThrottledReplicas }),
        new(new("follower.replication.throttled.replicas", List, "", "Replicas that fetch at a limited rate: partition:broker, or * for all.")
            { Rule = ThrottledReplicas }),
        new(new("remote.storage.enable", ConfigType.Boolean, "false", "Whether old segments move to tiered storage, which KLog does not have.")
            { Rule = new("false: KLog has no tiered storage", value => value is false) }),
        new(new("remote.log.copy.disable", ConfigType.Boolean, "false", "Whether tiered storage takes no more segments; without effect in KLog.")),
        new(new("remote.log.delete.on.disable", ConfigType.Boolean, "false", "Whether tiered segments go when tiering ends; without effect in KLog.")),
        new(new("local.retention.ms", Long, "-2", "How long tiered segments stay on local disk too; without effect in KLog.") { Rule = AtLeast(-2) }),
        new(new("local.retention.bytes", Long, "-2", "How many bytes of tiered segments stay on local disk too; without effect in KLog.")
            { Rule = AtLeast(-2) }),
        new(new("message.format.version", ConfigType.String, "3.0-IV1", "The record format of old times; every batch is of magic 2.")),
        new(new("message.downconversion.enable", ConfigType.Boolean, "true",
            "Whether batches are converted for clients older than magic 2; KLog never does.")),
        new(new(ForTests, Int, null, "A segment size below what Kafka 4 otherwise allows, for tests.") { Rule = AtLeast(14) }),
    ];

    /// <summary>The broker property's own type, rule and sentence hold for the topic config too.</summary>
    private static TopicDefinition Of(string name, string brokerProperty, params (string Name, long Unit)[] weaker) =>
        new(BrokerDefinitions.All[brokerProperty] with { Name = name, UpdateMode = UpdateMode.ClusterWide }, [(brokerProperty, 1), .. weaker]);
}
