using static KLog.Broker.Configuration.ConfigRule;
using static KLog.Broker.Configuration.ConfigType;
using static KLog.Broker.Configuration.UpdateMode;

namespace KLog.Broker.Configuration;

/// <summary>What a topic has that does not say otherwise; <see cref="TopicDefinitions"/> names each one's topic config.</summary>
internal static class TopicDefaultDefinitions
{
    private const string MaxLong = "9223372036854775807";

    public static readonly ConfigDefinition[] All =
    [
        new("message.max.bytes", Int, "1048588", "The largest record batch that is taken, after compression.", ClusterWide) { Rule = AtLeast(0) },
        new("log.segment.bytes", Int, "1073741824", "The size at which a new segment is begun.", ClusterWide) { Rule = AtLeast(14) },
        new("log.roll.ms", Long, null, "The age at which a new segment is begun; else log.roll.hours.", ClusterWide) { Rule = AtLeast(1) },
        new("log.roll.hours", Int, "168", "The age in hours at which a new segment is begun.") { Rule = AtLeast(1) },
        new("log.roll.jitter.ms", Long, null, "How much earlier, at random, a new segment may be begun; else log.roll.jitter.hours.", ClusterWide)
            { Rule = AtLeast(0) },
        new("log.roll.jitter.hours", Int, "0", "How many hours earlier, at random, a new segment may be begun.") { Rule = AtLeast(0) },
        new("log.index.size.max.bytes", Int, "10485760", "The size of a segment's index at which a new segment is begun.", ClusterWide)
            { Rule = AtLeast(4) },
        new("log.index.interval.bytes", Int, "4096", "After how many bytes of records the index gets another entry.", ClusterWide) { Rule = AtLeast(0) },
        new("log.retention.ms", Long, null, "How long records are kept, -1 for ever; else log.retention.minutes.", ClusterWide) { Rule = AtLeast(1).Or(-1) },
        new("log.retention.minutes", Int, null, "How many minutes records are kept; else log.retention.hours.") { Rule = AtLeast(1).Or(-1) },
        new("log.retention.hours", Int, "168", "How many hours records are kept.") { Rule = AtLeast(1).Or(-1) },
        new("log.retention.bytes", Long, "-1", "How large a partition may grow before its oldest segments are deleted; -1 for no limit.", ClusterWide),
        new("log.segment.delete.delay.ms", Long, "60000", "How long a deleted segment's file is kept for those who still read it.", ClusterWide)
            { Rule = AtLeast(0) },
        new("log.cleanup.policy", List, "delete", "What happens to old segments: they are deleted, compacted, or both.", ClusterWide)
            { Rule = SomeOf("compact", "delete") },
        new("log.cleaner.delete.retention.ms", Long, "86400000", "How long a compacted log keeps a key's deletion.", ClusterWide) { Rule = AtLeast(0) },
        new("log.cleaner.min.compaction.lag.ms", Long, "0", "How long a record stays uncompacted at least.", ClusterWide) { Rule = AtLeast(0) },
        new("log.cleaner.max.compaction.lag.ms", Long, MaxLong, "How long a record stays uncompacted at most.", ClusterWide) { Rule = AtLeast(1) },
        new("log.cleaner.min.cleanable.ratio", ConfigType.Double, "0.5", "The share of uncompacted bytes from which a log is compacted.", ClusterWide)
            { Rule = Between(0, 1) },
        new("log.flush.interval.messages", Long, MaxLong, "After how many records a log is flushed to disk.", ClusterWide) { Rule = AtLeast(1) },
        new("log.flush.interval.ms", Long, null, "After how long records are flushed to disk; else log.flush.scheduler.interval.ms.", ClusterWide)
            { Rule = AtLeast(0) },
        new("klog.expose", ConfigType.String, "appended",
            "When consumers see a record: once it is appended, as in Kafka, or once it is flushed to disk; then set a flush interval too.", ClusterWide)
            { Rule = OneOf("appended", "flushed") },
        new("log.preallocate", ConfigType.Boolean, "false", "Whether a new segment's file is given its whole size at once.", ClusterWide),
        new("log.message.timestamp.type", ConfigType.String, "CreateTime", "Whose time a record carries: the producer's, or the broker's at the append.", ClusterWide)
            { Rule = OneOf("CreateTime", "LogAppendTime") },
        new("log.message.timestamp.before.max.ms", Long, MaxLong, "How far a producer's timestamp may lie in the past.", ClusterWide) { Rule = AtLeast(0) },
        new("log.message.timestamp.after.max.ms", Long, "3600000", "How far a producer's timestamp may lie in the future.", ClusterWide) { Rule = AtLeast(0) },
        new("log.message.timestamp.difference.max.ms", Long, MaxLong,
            "How far a producer's timestamp may lie in the past or the future, where the two newer properties are not set.") { Rule = AtLeast(0) },
        new("compression.type", ConfigType.String, "producer", "How batches are stored: as the producer compressed them, or in this way.", ClusterWide)
            { Rule = OneOf("uncompressed", "zstd", "lz4", "snappy", "gzip", "producer") },
        new("compression.gzip.level", Int, "-1", "The effort of gzip where the broker compresses; -1 is gzip's own default.", ClusterWide)
            { Rule = Between(1, 9).Or(-1) },
        new("compression.lz4.level", Int, "9", "The effort of LZ4 where the broker compresses.", ClusterWide) { Rule = Between(1, 17) },
        new("compression.zstd.level", Int, "3", "The effort of Zstandard where the broker compresses.", ClusterWide) { Rule = Between(-131072, 22) },
        new("min.insync.replicas", Int, "1", "How many in-sync replicas a write with acks=all needs.", ClusterWide) { Rule = AtLeast(1) },
        new("unclean.leader.election.enable", ConfigType.Boolean, "false",
            "Whether a replica that was not in sync may lead when no other is left, at the price of lost records.", ClusterWide),
    ];
}
