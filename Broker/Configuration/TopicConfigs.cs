using KLog.Broker.Storage;
using KLog.Protocol.Records;

namespace KLog.Broker.Configuration;

/// <summary>A topic's own configs: whether they are valid, and what they make of the broker's defaults ◆.</summary>
public static class TopicConfigs
{
    /// <summary>What an unknown or bad topic config is refused with; the caller answers INVALID_CONFIG.</summary>
    /// <exception cref="InvalidConfigException">The first config that is unknown or not valid.</exception>
    public static void Validate(BrokerConfig broker, IReadOnlyDictionary<string, string> overrides)
    {
        foreach ((string name, string value) in overrides)
        {
            if (!TopicDefinitions.All.TryGetValue(name, out TopicDefinition? definition))
            {
                string? nearest = NearestName.Of(name, TopicDefinitions.All.Keys);
                throw new InvalidConfigException(name, value, "there is no such topic config" + (nearest is null ? "" : $"; is {nearest} meant?"));
            }

            definition.Config.Parse(value);
        }

        CheckLags(Reader(broker, overrides));
    }

    /// <summary>
    /// The text in force for one config: the topic's own, or what the broker's configuration makes the default.
    /// </summary>
    public static string? Text(BrokerConfig broker, IReadOnlyDictionary<string, string> overrides, string name) =>
        overrides.TryGetValue(name, out string? own) ? own : TopicDefinitions.All[name].DefaultText(broker);

    /// <summary>What a topic's logs are run by; the overrides are valid (see <see cref="Validate"/>).</summary>
    public static LogConfig ToLogConfig(BrokerConfig broker, IReadOnlyDictionary<string, string> overrides)
    {
        ConfigReader read = Reader(broker, overrides);
        long difference = read.Long("message.timestamp.difference.max.ms");
        return new LogConfig
        {
            SegmentBytes = read.Int(read.Given(TopicDefinitions.ForTests) is null ? "segment.bytes" : TopicDefinitions.ForTests),
            SegmentMs = read.Long("segment.ms"),
            SegmentJitterMs = read.Long("segment.jitter.ms"),
            SegmentIndexBytes = read.Int("segment.index.bytes"),
            IndexIntervalBytes = read.Int("index.interval.bytes"),
            RetentionMs = read.Long("retention.ms"),
            RetentionBytes = read.Long("retention.bytes"),
            MaxMessageBytes = read.Int("max.message.bytes"),
            CleanupPolicy = Cleanup(read.List("cleanup.policy") ?? []),
            DeleteRetentionMs = read.Long("delete.retention.ms"),
            MinCompactionLagMs = read.Long("min.compaction.lag.ms"),
            MaxCompactionLagMs = read.Long("max.compaction.lag.ms"),
            MinCleanableDirtyRatio = read.Double("min.cleanable.dirty.ratio"),
            FlushMessages = read.Long("flush.messages"),
            FlushMs = read.Long("flush.ms"),
            ExposesFlushedOnly = read.Text("klog.expose") == "flushed",
            FileDeleteDelayMs = read.Long("file.delete.delay.ms"),
            CompressionType = Compression(read.Text("compression.type")),
            GzipLevel = read.Int("compression.gzip.level"),
            Lz4Level = read.Int("compression.lz4.level"),
            ZstdLevel = read.Int("compression.zstd.level"),
            MessageTimestampType = Enum.Parse<TimestampType>(read.Text("message.timestamp.type")),
            TimestampBeforeMaxMs = Timestamp("message.timestamp.before.max.ms"),
            TimestampAfterMaxMs = Timestamp("message.timestamp.after.max.ms"),
            MinInSyncReplicas = read.Int("min.insync.replicas"),
            UncleanLeaderElection = read.Boolean("unclean.leader.election.enable"),
            Preallocate = read.Boolean("preallocate"),
        };

        // The older property counts where the newer one is left at its default.
        long Timestamp(string name)
        {
            long newer = read.Long(name);
            bool isDefault = read.Given(name) == TopicDefinitions.All[name].Config.Default;
            return isDefault && difference != long.MaxValue ? difference : newer;
        }
    }

    private static CleanupPolicy Cleanup(string[] policies) =>
        (policies.Contains("delete") ? CleanupPolicy.Delete : CleanupPolicy.None)
        | (policies.Contains("compact") ? CleanupPolicy.Compact : CleanupPolicy.None);

    /// <returns>null: as the producer compressed.</returns>
    private static CompressionType? Compression(string name) => name switch
    {
        "producer" => null,
        "uncompressed" => CompressionType.None,
        _ => Enum.Parse<CompressionType>(name, ignoreCase: true),
    };

    private static void CheckLags(ConfigReader read)
    {
        long least = read.Long("min.compaction.lag.ms");
        if (read.Long("max.compaction.lag.ms") < least)
        {
            throw new InvalidConfigException("max.compaction.lag.ms", read.Given("max.compaction.lag.ms"), $"must be at least min.compaction.lag.ms ({least})");
        }
    }

    private static readonly IReadOnlyDictionary<string, ConfigDefinition> Definitions =
        TopicDefinitions.All.ToDictionary(pair => pair.Key, pair => pair.Value.Config);

    private static ConfigReader Reader(BrokerConfig broker, IReadOnlyDictionary<string, string> overrides) =>
        new(Definitions, name => Text(broker, overrides, name), []);
}
