using KLog.Protocol.Records;

namespace KLog.Broker.Storage;

/// <summary>What happens to old segments: cleanup.policy.</summary>
[Flags]
public enum CleanupPolicy
{
    None = 0,
    Delete = 1,
    Compact = 2,
}

/// <summary>
/// A topic's configuration, as far as its logs are concerned. Names and defaults are Kafka's topic configs; immutable,
/// replaced as a whole when a config changes.
/// </summary>
public sealed record LogConfig
{
    public static LogConfig Default { get; } = new();

    public int SegmentBytes { get; init; } = 1 << 30;

    public long SegmentMs { get; init; } = 7L * 24 * 60 * 60 * 1000;

    public long SegmentJitterMs { get; init; }

    public int SegmentIndexBytes { get; init; } = 10 * 1024 * 1024;

    public int IndexIntervalBytes { get; init; } = 4096;

    /// <summary>-1: no limit.</summary>
    public long RetentionMs { get; init; } = 7L * 24 * 60 * 60 * 1000;

    /// <summary>-1: no limit.</summary>
    public long RetentionBytes { get; init; } = -1;

    public int MaxMessageBytes { get; init; } = 1048588;

    public CleanupPolicy CleanupPolicy { get; init; } = CleanupPolicy.Delete;

    public bool IsCompacted => (CleanupPolicy & CleanupPolicy.Compact) != 0;

    public long DeleteRetentionMs { get; init; } = 24L * 60 * 60 * 1000;

    public long MinCompactionLagMs { get; init; }

    public long MaxCompactionLagMs { get; init; } = long.MaxValue;

    /// <summary>After how long a segment is rolled: a compacted topic's in time for max.compaction.lag.ms.</summary>
    public long MaxSegmentMs => IsCompacted && MaxCompactionLagMs > 0 ? Math.Min(MaxCompactionLagMs, SegmentMs) : SegmentMs;

    public double MinCleanableDirtyRatio { get; init; } = 0.5;

    public long FlushMessages { get; init; } = long.MaxValue;

    public long FlushMs { get; init; } = long.MaxValue;

    /// <summary>klog.expose=flushed: consumers see only what is on the disk (section 3.1 of the paper).</summary>
    public bool ExposesFlushedOnly { get; init; }

    public long FileDeleteDelayMs { get; init; } = 60_000;

    /// <summary>Null: as the producer compressed (compression.type=producer).</summary>
    public CompressionType? CompressionType { get; init; }

    public int GzipLevel { get; init; } = -1;

    public int Lz4Level { get; init; } = 9;

    public int ZstdLevel { get; init; } = 3;

    public TimestampType MessageTimestampType { get; init; } = TimestampType.CreateTime;

    public long TimestampBeforeMaxMs { get; init; } = long.MaxValue;

    public long TimestampAfterMaxMs { get; init; } = 60L * 60 * 1000;

    public int MinInSyncReplicas { get; init; } = 1;

    public bool UncleanLeaderElection { get; init; }

    public bool Preallocate { get; init; }
}
