using KLog.Broker.Storage.Files;
using KLog.Protocol;

namespace KLog.Broker.Storage;

/// <summary>How a <see cref="LogStore"/> works. Names and defaults are those of Kafka's broker configs.</summary>
public sealed record LogStoreOptions
{
    /// <summary>log.dirs.</summary>
    public required IReadOnlyList<string> Directories { get; init; }

    /// <summary>The configuration of a topic whose folders are found at the start.</summary>
    public Func<string, LogConfig> ConfigOf { get; init; } = _ => LogConfig.Default;

    /// <summary>num.recovery.threads.per.data.dir.</summary>
    public int RecoveryThreadsPerDirectory { get; init; } = 2;

    /// <summary>log.initial.task.delay.ms.</summary>
    public long InitialDelayMs { get; init; } = 30_000;

    /// <summary>log.retention.check.interval.ms.</summary>
    public long RetentionCheckMs { get; init; } = 5 * 60_000;

    /// <summary>log.flush.scheduler.interval.ms, bounded: how often flush.ms is looked at.</summary>
    public long FlushCheckMs { get; init; } = 1_000;

    /// <summary>log.flush.offset.checkpoint.interval.ms.</summary>
    public long RecoveryPointCheckpointMs { get; init; } = 60_000;

    /// <summary>log.flush.start.offset.checkpoint.interval.ms.</summary>
    public long LogStartCheckpointMs { get; init; } = 60_000;

    /// <summary>replica.high.watermark.checkpoint.interval.ms.</summary>
    public long HighWatermarkCheckpointMs { get; init; } = 5_000;

    /// <summary>producer.id.expiration.ms.</summary>
    public long ProducerExpirationMs { get; init; } = 24L * 60 * 60_000;

    /// <summary>producer.id.expiration.check.interval.ms.</summary>
    public long ProducerExpirationCheckMs { get; init; } = 10 * 60_000;

    /// <summary>log.cleaner.*, at the start; see <see cref="LogStore.Cleaner"/>.</summary>
    public CleanerOptions Cleaner { get; init; } = new();

    /// <summary>Told of each log that was opened at the start: how many of how many in all.</summary>
    public Action<int, int>? OnProgress { get; init; }

    /// <summary>The disk; replaced by tests.</summary>
    public IFileSystem Files { get; init; } = DiskFileSystem.Instance;
}
