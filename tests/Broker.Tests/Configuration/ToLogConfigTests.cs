using KLog.Broker.Configuration;
using KLog.Broker.Storage;
using KLog.Protocol.Records;

namespace KLog.Broker.Tests.Configuration;

public class ToLogConfigTests
{
    private static LogConfig LogConfig(Dictionary<string, string>? overrides = null, params string[] broker) =>
        TopicConfigs.ToLogConfig(BrokerConfigFile.Load(null, broker).Config, overrides ?? []);

    [Fact]
    public void Without_anything_a_log_has_its_own_defaults() => Assert.Equal(Storage.LogConfig.Default, LogConfig());

    public static TheoryData<string, string, Func<LogConfig, object?>, object?> Configs => new()
    {
        { "segment.bytes", "20", log => log.SegmentBytes, 20 },
        { "internal.segment.bytes", "21", log => log.SegmentBytes, 21 },
        { "segment.ms", "22", log => log.SegmentMs, 22L },
        { "segment.jitter.ms", "23", log => log.SegmentJitterMs, 23L },
        { "segment.index.bytes", "24", log => log.SegmentIndexBytes, 24 },
        { "index.interval.bytes", "25", log => log.IndexIntervalBytes, 25 },
        { "retention.ms", "-1", log => log.RetentionMs, -1L },
        { "retention.bytes", "26", log => log.RetentionBytes, 26L },
        { "max.message.bytes", "27", log => log.MaxMessageBytes, 27 },
        { "cleanup.policy", "compact", log => log.CleanupPolicy, CleanupPolicy.Compact },
        { "cleanup.policy", "compact, delete", log => log.CleanupPolicy, CleanupPolicy.Compact | CleanupPolicy.Delete },
        { "cleanup.policy", "", log => log.CleanupPolicy, CleanupPolicy.None },
        { "delete.retention.ms", "28", log => log.DeleteRetentionMs, 28L },
        { "min.compaction.lag.ms", "29", log => log.MinCompactionLagMs, 29L },
        { "max.compaction.lag.ms", "30", log => log.MaxCompactionLagMs, 30L },
        { "min.cleanable.dirty.ratio", "0.25", log => log.MinCleanableDirtyRatio, 0.25 },
        { "flush.messages", "31", log => log.FlushMessages, 31L },
        { "flush.ms", "32", log => log.FlushMs, 32L },
        { "file.delete.delay.ms", "33", log => log.FileDeleteDelayMs, 33L },
        { "compression.type", "uncompressed", log => log.CompressionType, CompressionType.None },
        { "compression.type", "zstd", log => log.CompressionType, CompressionType.Zstd },
        { "compression.type", "gzip", log => log.CompressionType, CompressionType.Gzip },
        { "compression.gzip.level", "7", log => log.GzipLevel, 7 },
        { "compression.lz4.level", "17", log => log.Lz4Level, 17 },
        { "compression.zstd.level", "-5", log => log.ZstdLevel, -5 },
        { "message.timestamp.type", "LogAppendTime", log => log.MessageTimestampType, TimestampType.LogAppendTime },
        { "message.timestamp.before.max.ms", "34", log => log.TimestampBeforeMaxMs, 34L },
        { "message.timestamp.after.max.ms", "35", log => log.TimestampAfterMaxMs, 35L },
        { "message.timestamp.difference.max.ms", "36", log => (log.TimestampBeforeMaxMs, log.TimestampAfterMaxMs), (36L, 36L) },
        { "min.insync.replicas", "2", log => log.MinInSyncReplicas, 2 },
        { "unclean.leader.election.enable", "true", log => log.UncleanLeaderElection, true },
        { "preallocate", "true", log => log.Preallocate, true },
    };

    [Theory]
    [MemberData(nameof(Configs))]
    public void Each_config_has_its_place(string name, string value, Func<LogConfig, object?> read, object? expected) =>
        Assert.Equal(expected, read(LogConfig(new() { [name] = value })));

    [Fact]
    public void The_brokers_defaults_are_in_it_and_the_topic_wins()
    {
        LogConfig log = LogConfig(new() { ["retention.ms"] = "5" }, "log.retention.hours=1", "log.segment.bytes=100", "log.cleanup.policy=compact");
        Assert.Equal((5L, 100, CleanupPolicy.Compact), (log.RetentionMs, log.SegmentBytes, log.CleanupPolicy));
    }
}
