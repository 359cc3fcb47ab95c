using KLog.Broker.Storage.Files;

namespace KLog.Broker.Storage.Inspection;

/// <summary>
/// Shows what one of a broker's files holds, by its name: segments, indexes, snapshots, checkpoints, properties; also under
/// the names that they have on the way to deletion or from a compaction. Nothing is changed, and a damaged file is shown as
/// far as it goes.
/// </summary>
public static class FileDump
{
    private static readonly string[] WaySuffixes =
        [PartitionFolder.DeletedSuffix, PartitionFolder.CleanedSuffix, PartitionFolder.SwapSuffix];

    /// <summary>False when the file is none that a broker writes; nothing was shown then.</summary>
    /// <exception cref="IOException">The file cannot be read.</exception>
    public static bool TryShow(IFileSystem files, string path, DumpDepth depth, IDumpOutput output)
    {
        path = Path.GetFullPath(path);
        string name = Path.GetFileName(path);
        foreach (string suffix in WaySuffixes)
        {
            name = name.EndsWith(suffix, StringComparison.Ordinal) ? name[..^suffix.Length] : name;
        }

        if (name.EndsWith(PartitionFolder.LogSuffix, StringComparison.Ordinal))
        {
            SegmentDump.Show(files, path, depth, output);
            return true;
        }

        SmallDump dump = new(path, output);
        Action<ReadOnlyMemory<byte>>? show = name switch
        {
            _ when HasSuffix(name, PartitionFolder.OffsetIndexSuffix) => file => dump.OffsetIndex(file, BaseOffset(name)),
            _ when HasSuffix(name, PartitionFolder.TimeIndexSuffix) => file => dump.TimeIndex(file, BaseOffset(name)),
            _ when HasSuffix(name, PartitionFolder.TransactionIndexSuffix) => file => dump.TransactionIndex(file, BaseOffset(name)),
            _ when HasSuffix(name, PartitionFolder.SnapshotSuffix) => file => dump.Snapshot(file),
            PartitionFolder.LeaderEpochFile => file => dump.LeaderEpochs(file),
            PartitionFolder.TopicIdFile => file => dump.TopicId(file),
            MetaProperties.FileName => file => dump.Properties(file),
            CleanShutdownMarker.FileName => file => dump.CleanShutdown(file),
            _ when HasSuffix(name, "-checkpoint") => file => dump.Offsets(file),
            _ => null,
        };
        show?.Invoke(files.TryReadWhole(path) ?? throw new FileNotFoundException($"There is no file {path}.", path));
        return show is not null;
    }

    private static bool HasSuffix(string name, string suffix) => name.EndsWith(suffix, StringComparison.Ordinal);

    /// <summary>0 for a file that does not tell it: offsets are then shown as the file has them.</summary>
    private static long BaseOffset(string name) =>
        Math.Max(0, PartitionFolder.BaseOffsetOf(name, Path.GetExtension(name)));
}
