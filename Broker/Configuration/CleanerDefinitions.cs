using static KLog.Broker.Configuration.ConfigRule;
using static KLog.Broker.Configuration.ConfigType;
using static KLog.Broker.Configuration.UpdateMode;

namespace KLog.Broker.Configuration;

/// <summary>How compacted logs are cleaned, beside what a topic can set for itself.</summary>
internal static class CleanerDefinitions
{
    public static readonly ConfigDefinition[] All =
    [
        new("log.cleaner.enable", ConfigType.Boolean, "true", "Whether compacted topics are cleaned; without it they grow for ever."),
        new("log.cleaner.threads", Int, "1", "How many logs are cleaned at the same time.", ClusterWide) { Rule = AtLeast(0) },
        new("log.cleaner.dedupe.buffer.size", Long, "134217728",
            "Bytes of memory for the keys of the logs that are being cleaned, all together; 24 a key, and some to spare.", ClusterWide),
        new("log.cleaner.io.buffer.load.factor", ConfigType.Double, "0.9",
            "How full the memory for keys may get: more keys in one cleaning, or fewer collisions.", ClusterWide) { Rule = Between(0.01, 0.99) },
        new("log.cleaner.io.buffer.size", Int, "524288", "Bytes of the buffers that logs are cleaned through, all together.", ClusterWide)
            { Rule = AtLeast(0) },
        new("log.cleaner.io.max.bytes.per.second", ConfigType.Double, "1.7976931348623157E308",
            "How much cleaning may read and write a second.", ClusterWide) { Rule = AtLeast(1) },
        new("log.cleaner.backoff.ms", Long, "15000", "How long to wait when no log is to be cleaned.", ClusterWide) { Rule = AtLeast(0) },
    ];
}
