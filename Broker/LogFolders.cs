using KLog.Broker.Configuration;
using KLog.Broker.Storage;
using KLog.Coordination.Embedded;
using Microsoft.Extensions.Logging;

namespace KLog.Broker;

/// <summary>
/// The broker's folders at its start: opened, locked, and claimed for it. What a person can mend becomes a
/// <see cref="StartupException"/>.
/// </summary>
internal static class LogFolders
{
    /// <param name="configOf">A topic's, asked for once the folders are locked: recovery goes by it.</param>
    public static LogStore Open(BrokerConfig config, Func<string, LogConfig> configOf, TimeProvider time, ILoggerFactory loggers)
    {
        try
        {
            LogStore logs = LogStore.Open(OptionsOf(config) with { ConfigOf = configOf }, time, loggers.CreateLogger("logs"));
            if (logs.Directories.All(directory => directory.IsOffline))
            {
                throw new IOException(
                    $"No data folder can be used. {string.Join(' ', logs.Directories.Select(each => $"{each.Path}: {each.OfflineReason}"))}");
            }

            return logs;
        }
        catch (Exception e) when (e is LogDirectoryLockedException or IOException or InvalidDataException)
        {
            throw new StartupException(e.Message, e);
        }
        catch (AggregateException e) when (e.InnerException is StartupException first)
        {
            // From one of the threads that open logs.
            throw first;
        }
    }

    /// <summary>The tree of a broker without ZooKeeper lies in its first folder.</summary>
    public static EmbeddedTree OpenTree(BrokerConfig config, TimeProvider time)
    {
        try
        {
            return EmbeddedTree.Open(config.LogDirs[0], time);
        }
        catch (Exception e) when (e is TreeDamageException or IOException)
        {
            throw new StartupException(e.Message, e);
        }
    }

    /// <summary>The configured number, else the one that the folders already have, else 0.</summary>
    public static int BrokerId(BrokerConfig config, LogStore logs) =>
        config.BrokerId >= 0 ? config.BrokerId
        : logs.Directories.Select(each => each.Meta?.BrokerId ?? -1).FirstOrDefault(id => id >= 0, 0);

    /// <summary>Null where the folders have not belonged to a cluster yet.</summary>
    public static string? ClusterId(LogStore logs) =>
        logs.Directories.Select(each => each.Meta?.ClusterId).FirstOrDefault(id => id is not null);

    public static void Claim(LogStore logs, int brokerId, string clusterId)
    {
        try
        {
            logs.Claim(brokerId, clusterId);
        }
        catch (InvalidDataException e)
        {
            throw new StartupException($"{e.Message} Set broker.id to the folder's own, or log.dirs to another folder.", e);
        }
    }

    private static LogStoreOptions OptionsOf(BrokerConfig config) => new()
    {
        Directories = [.. config.LogDirs.Select(Path.GetFullPath)],
        RecoveryThreadsPerDirectory = config.NumRecoveryThreadsPerDataDir,
        InitialDelayMs = config.LogInitialTaskDelayMs,
        RetentionCheckMs = config.LogRetentionCheckIntervalMs,
        FlushCheckMs = Math.Clamp(config.LogFlushSchedulerIntervalMs, 1, 1_000),
        RecoveryPointCheckpointMs = config.LogFlushOffsetCheckpointIntervalMs,
        LogStartCheckpointMs = config.LogFlushStartOffsetCheckpointIntervalMs,
        HighWatermarkCheckpointMs = config.ReplicaHighWatermarkCheckpointIntervalMs,
        Cleaner = config.Cleaner,
        ProducerExpirationMs = config.ProducerIdExpirationMs,
        ProducerExpirationCheckMs = config.ProducerIdExpirationCheckIntervalMs,
    };
}
