using KLog.Protocol;
using Microsoft.Extensions.Logging;

namespace KLog.Broker.Storage;

/// <summary>Opens all logs of all folders at the start, several at a time.</summary>
internal sealed class LogLoading(LogStoreOptions options, StorageResources resources, BackgroundWork work)
{
    private int _total;
    private int _done;

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
                        cleaned.ContainsKey(partition));
                    LoadOne(directory, partition, checkpoints, add);
                }
                else if (DeletedFolder.IsNameOfOne(name))
                {
                    string path = $"{directory.Path}/{name}";
                    work.DeleteAfter(LogConfig.Default.FileDeleteDelayMs, () => resources.Files.DeleteFolder(path));
                }
            });
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
            add(new PartitionLog(resources, work, directory, folder, partition, topicId, config, recovery.Load()));
        }
        catch (IOException error)
        {
            directory.Fail(error);
        }

        options.OnProgress?.Invoke(Interlocked.Increment(ref _done), _total);
        resources.Logger.LogDebug("{Path} is open", folder.Path);
    }
}
