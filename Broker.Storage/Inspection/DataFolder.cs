using KLog.Broker.Storage.Files;
using KLog.Protocol;

namespace KLog.Broker.Storage.Inspection;

/// <summary>What the files of a data folder say of the partitions in it.</summary>
internal sealed class DataFolder
{
    private Dictionary<TopicPartition, long>? _recoveryPoints;
    private Dictionary<TopicPartition, long>? _logStarts;
    private Dictionary<TopicPartition, long>? _highWatermarks;
    private Dictionary<TopicPartition, long>? _cleanerPoints;
    private bool _isClean;
    private bool _isInUse;

    private DataFolder()
    {
    }

    /// <summary>Whether a folder in a data folder holds a log: a partition's, or one that AlterReplicaLogDirs is making, or a stray one.</summary>
    internal static bool IsLog(string name) =>
        PartitionFolder.PartitionOf(name) is not null
        || name.EndsWith("-future", StringComparison.Ordinal)
        || name.EndsWith("-stray", StringComparison.Ordinal);

    /// <param name="damage">Takes a file, a position in it, and what is wrong there.</param>
    internal static DataFolder Read(IFileSystem files, string path, Action<string, long, string> damage)
    {
        // The marker first: it is gone before a broker changes anything.
        string marker = $"{path}/{CleanShutdownMarker.FileName}";
        byte[]? cleanShutdown = files.TryReadWhole(marker);
        if (cleanShutdown is not null)
        {
            SmallFileCheck.CleanShutdown(cleanShutdown, (position, what) => damage(marker, position, what));
        }

        string meta = $"{path}/{MetaProperties.FileName}";
        if (files.TryReadWhole(meta) is { } properties)
        {
            SmallFileCheck.Meta(meta, properties, (position, what) => damage(meta, position, what));
        }

        return new DataFolder
        {
            _isClean = cleanShutdown is not null,
            _isInUse = files.FileExists(meta) || files.FileExists($"{path}/{LogDirectory.LockFile}"),
            _recoveryPoints = Offsets(CheckpointFile.RecoveryPoint),
            _logStarts = Offsets(CheckpointFile.LogStartOffset),
            _highWatermarks = Offsets(CheckpointFile.HighWatermark),
            _cleanerPoints = Offsets(CheckpointFile.Cleaner),
        };

        Dictionary<TopicPartition, long>? Offsets(string name)
        {
            string file = $"{path}/{name}";
            return files.TryReadWhole(file) is { } bytes
                ? SmallFileCheck.Offsets(bytes, (position, what) => damage(file, position, what))
                : null;
        }
    }

    internal PartitionFacts FactsOf(string folderName)
    {
        if (PartitionFolder.PartitionOf(folderName) is not { } partition)
        {
            return PartitionFacts.Unknown;
        }

        // A partition that a checkpoint does not name yet was made after it: nothing of it is known to be synced. Of a
        // folder that was copied out of its data folder it is not known.
        long unknown = _isClean || !_isInUse ? -1 : 0;
        return new PartitionFacts(
            _isClean,
            _recoveryPoints?.GetValueOrDefault(partition, unknown) ?? unknown,
            _logStarts?.GetValueOrDefault(partition, 0) ?? 0,
            _highWatermarks?.GetValueOrDefault(partition, -1) ?? -1,
            _cleanerPoints?.GetValueOrDefault(partition, -1) ?? -1);
    }
}
