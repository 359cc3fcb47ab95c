using System.Collections.Concurrent;
using KLog.Protocol;
using Microsoft.Extensions.Logging;

namespace KLog.Broker.Storage;

/// <summary>Opens all logs of all folders at the start, several at a time.</summary>
internal sealed class LogLoading(LogStoreOptions options, StorageResources resources, BackgroundWork work)
{
    private const long ProgressMs = 5_000;

    private readonly ConcurrentBag<FoundFuture> _futures = [];
    private int _total;
    private int _done;

    /// <summary>The copies of logs that were being moved, which are not opened.</summary>
    internal IReadOnlyCollection<FoundFuture> Futures => _futures;

    internal void LoadAll(IReadOnlyList<LogDirectory> directories, Action<PartitionLog> add)
    {
        List<(LogDirectory Directory, IReadOnlyList<string> Folders)> found = [];
        foreach (LogDirectory directory in directories.Where(directory => !directory.IsOffline))
        {
            try
            {
                found.Add((directory, resources.Files.ListFolders(directory.Path)));
            }
            catch (IOException error)
            {
                directory.Fail(error);
            }
        }

        _total = found.Sum(entry => entry.Folders.Count(name => PartitionFolder.PartitionOf(name) is not null));
        Parallel.ForEach(
            found,
            new ParallelOptions { MaxDegreeOfParallelism = Math.Max(1, found.Count) },
            entry => Load(entry.Directory, entry.Folders, add));
    }

    private void Load(LogDirectory directory, IReadOnlyList<string> folders, Action<PartitionLog> add)
    {
        int count = folders.Count(name => PartitionFolder.PartitionOf(name) is not null);
        int open = 0;
        long startedMs = resources.NowMs;
        long saidMs = startedMs;
        Dictionary<TopicPartition, long> recoveryPoints = Checkpoint(directory, CheckpointFile.RecoveryPoint);
        Dictionary<TopicPartition, long> logStarts = Checkpoint(directory, CheckpointFile.LogStartOffset);
        Dictionary<TopicPartition, long> highWatermarks = Checkpoint(directory, CheckpointFile.HighWatermark);
        Dictionary<TopicPartition, long> cleaned = Checkpoint(directory, CheckpointFile.Cleaner);
        Parallel.ForEach(
            folders,
            new ParallelOptions { MaxDegreeOfParallelism = Math.Max(1, options.RecoveryThreadsPerDirectory) },
            name =>
            {
                if (PartitionFolder.PartitionOf(name) is { } partition)
                {
                    LogCheckpoints checkpoints = new(
                        recoveryPoints.GetValueOrDefault(partition),
                        logStarts.GetValueOrDefault(partition),
                        highWatermarks.GetValueOrDefault(partition),
                        cleaned.GetValueOrDefault(partition, -1));
                    LoadOne(directory, partition, checkpoints, add);
                    int done = Interlocked.Increment(ref open);
                    long known = Volatile.Read(ref saidMs);
                    if (resources.NowMs - known >= ProgressMs && Interlocked.CompareExchange(ref saidMs, resources.NowMs, known) == known)
                    {
                        resources.Logger.LogInformation("{Path}: {Done} of {Count} logs are open", directory.Path, done, count);
                    }
                }
                else if (FutureFolder.PartitionOf(name) is { } moving)
                {
                    _futures.Add(new FoundFuture(directory, moving, $"{directory.Path}/{name}"));
                }
                else if (DeletedFolder.IsNameOfOne(name))
                {
                    string path = $"{directory.Path}/{name}";
                    work.DeleteAfter(LogConfig.Default.FileDeleteDelayMs, () => resources.Files.DeleteFolder(path));
                }
            });
        if (count > 0 && !directory.IsOffline)
        {
            resources.Logger.LogInformation(
                "{Path}: {Count} logs are open after {Milliseconds} ms{Unclean}",
                directory.Path,
                count,
                resources.NowMs - startedMs,
                directory.WasCleanShutdown ? "" : "; they were recovered, for the last stop was not a clean one");
        }
    }

    private Dictionary<TopicPartition, long> Checkpoint(LogDirectory directory, string fileName) =>
        CheckpointFile.ReadOffsets(resources.Files, $"{directory.Path}/{fileName}");

    private void LoadOne(LogDirectory directory, TopicPartition partition, LogCheckpoints checkpoints, Action<PartitionLog> add)
    {
        if (directory.IsOffline)
        {
            return;
        }

        PartitionFolder folder = new($"{directory.Path}/{partition}");
        LogConfig config = options.ConfigOf(partition.Topic);
        try
        {
            LogRecovery recovery = new(
                resources, folder, config, directory.WasCleanShutdown, checkpoints, options.ProducerExpirationMs);
            Guid topicId = PartitionMetadataFile.Read(resources.Files, folder);
            add(new PartitionLog(resources, work, directory, folder, partition, topicId, config, recovery.Load())
            {
                CleanOffset = checkpoints.CleanOffset,
            });
        }
        catch (IOException error)
        {
            directory.Fail(error);
        }

        options.OnProgress?.Invoke(Interlocked.Increment(ref _done), _total);
        resources.Logger.LogDebug("{Path} is open", folder.Path);
    }
}
