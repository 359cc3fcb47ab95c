using KLog.Broker.Storage.Files;
using KLog.Protocol;
using KLog.Protocol.Records;

namespace KLog.Broker.Storage;

/// <summary>A partition's folder as it lies on the disk.</summary>
/// <param name="Folder">Its path.</param>
/// <param name="TopicId">Empty when the folder does not tell.</param>
/// <param name="LatestEpoch">The largest leader epoch that its checkpoint or its last batch names; -1 when none does.</param>
public sealed record FoundLog(TopicPartition Partition, string Folder, Guid TopicId, int LatestEpoch);

/// <summary>
/// The logs in the folders of log.dirs, looked at while no broker runs: the folders are locked until this is disposed.
/// Nothing in them is changed, not even the mark of a clean shutdown.
/// </summary>
public sealed class FoundLogs : IDisposable
{
    private readonly List<IDisposable> _locks = [];

    private FoundLogs(IReadOnlyList<FoundLog> logs, IReadOnlyList<MetaProperties> metas, List<IDisposable> locks)
    {
        Logs = logs;
        Metas = metas;
        _locks = locks;
    }

    /// <summary>By topic and partition. A partition that is in two folders is there twice.</summary>
    public IReadOnlyList<FoundLog> Logs { get; }

    /// <summary>Whose folders they are; those that say so.</summary>
    public IReadOnlyList<MetaProperties> Metas { get; }

    /// <exception cref="LogDirectoryLockedException">A broker uses one of the folders.</exception>
    /// <exception cref="InvalidDataException">A <c>meta.properties</c> cannot be understood.</exception>
    /// <exception cref="IOException">A folder cannot be read.</exception>
    public static FoundLogs Lock(IFileSystem files, IEnumerable<string> directories)
    {
        List<IDisposable> locks = [];
        List<FoundLog> logs = [];
        List<MetaProperties> metas = [];
        try
        {
            foreach (string directory in directories.Select(path => Path.TrimEndingDirectorySeparator(Path.GetFullPath(path))))
            {
                locks.Add(files.TryLock($"{directory}/{LogDirectory.LockFile}") ?? throw new LogDirectoryLockedException(directory));
                if (MetaProperties.Read(files, directory) is { } meta)
                {
                    metas.Add(meta);
                }

                foreach (string name in files.ListFolders(directory))
                {
                    if (PartitionFolder.PartitionOf(name) is { } partition)
                    {
                        logs.Add(Look(files, new PartitionFolder($"{directory}/{name}"), partition));
                    }
                }
            }
        }
        catch
        {
            locks.ForEach(each => each.Dispose());
            throw;
        }

        logs.Sort((left, right) => (left.Partition.Topic, left.Partition.Partition, left.Folder)
            .CompareTo((right.Partition.Topic, right.Partition.Partition, right.Folder)));
        return new FoundLogs(logs, metas, locks);
    }

    public void Dispose() => _locks.ForEach(each => each.Dispose());

    private static FoundLog Look(IFileSystem files, PartitionFolder folder, TopicPartition partition)
    {
        int epoch = LeaderEpochCache.Load(files, folder).LatestEpoch;
        long[] segments =
        [
            .. files.ListFiles(folder.Path)
                .Where(file => file.Length > 0)
                .Select(file => PartitionFolder.BaseOffsetOf(file.Name, PartitionFolder.LogSuffix))
                .Where(offset => offset >= 0),
        ];
        int last = segments.Length == 0 ? -1 : LastEpoch(files, folder.File(segments.Max(), PartitionFolder.LogSuffix));
        return new FoundLog(partition, folder.Path, PartitionMetadataFile.Read(files, folder), Math.Max(epoch, last));
    }

    /// <summary>After a crash the checkpoint of epochs may not have the last ones; the batches have.</summary>
    private static int LastEpoch(IFileSystem files, string segment)
    {
        using IStorageFile file = files.Open(segment, FileOpening.ReadOnly);
        BatchScanner scanner = new(file, 0, (int)Math.Min(file.Length, int.MaxValue), stackalloc byte[4096]);
        int epoch = -1;
        while (scanner.MoveNext())
        {
            epoch = scanner.Magic == RecordBatchView.MagicV2 ? Math.Max(epoch, scanner.Header.PartitionLeaderEpoch) : epoch;
        }

        scanner.Dispose();
        return epoch;
    }
}
