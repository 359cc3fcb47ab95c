using KLog.Broker.Storage.Files;

namespace KLog.Broker.Storage;

/// <summary>
/// What an interrupted process leaves in a partition's folder: <c>.deleted</c> files that were to be deleted,
/// <c>.cleaned</c> files that a cleaner had not completed, and <c>.swap</c> files that it had, and that replace the
/// segments whose offsets they hold. <c>.tmp</c> files were about to replace another file.
/// </summary>
internal static class LeftoverFiles
{
    private const string TemporarySuffix = ".tmp";

    /// <summary>Finishes or undoes the work; answers with the folder's files as they then are.</summary>
    internal static IReadOnlyList<FileEntry> Clear(StorageResources resources, PartitionFolder folder)
    {
        IReadOnlyList<FileEntry> entries = resources.Files.ListFiles(folder.Path);
        if (!entries.Any(entry => IsLeftover(entry.Name)))
        {
            return entries;
        }

        long firstCleaned = entries
            .Where(entry => entry.Name.EndsWith(PartitionFolder.CleanedSuffix, StringComparison.Ordinal))
            .Select(entry => OffsetOf(entry.Name))
            .DefaultIfEmpty(long.MaxValue)
            .Min();

        // A split writes its parts as .cleaned, and renames them to .swap from the last to the first: a .swap file
        // at or after a .cleaned one belongs to a split that was not completed.
        List<FileEntry> swaps = [.. entries.Where(IsSwap).Where(entry => OffsetOf(entry.Name) < firstCleaned)];
        Delete(resources, folder, entries.Where(IsSwap).Where(entry => OffsetOf(entry.Name) >= firstCleaned));

        // After the swap files that they speak against, also for a start that is interrupted itself.
        Delete(resources, folder, entries.Where(entry => IsLeftover(entry.Name) && !IsSwap(entry)));
        PutInPlace(resources, folder, swaps);
        return resources.Files.ListFiles(folder.Path);
    }

    private static void Delete(StorageResources resources, PartitionFolder folder, IEnumerable<FileEntry> entries)
    {
        bool any = false;
        foreach (FileEntry entry in entries)
        {
            any = true;
            resources.Files.DeleteFile(folder.File(entry.Name));
        }

        if (any)
        {
            resources.Files.SyncFolder(folder.Path);
        }
    }

    private static bool IsSwap(FileEntry entry) => entry.Name.EndsWith(PartitionFolder.SwapSuffix, StringComparison.Ordinal);

    private static void PutInPlace(StorageResources resources, PartitionFolder folder, List<FileEntry> swaps)
    {
        long from = long.MaxValue;
        long to = long.MinValue;
        foreach (FileEntry swap in swaps)
        {
            long offset = PartitionFolder.BaseOffsetOf(swap.Name, PartitionFolder.LogSuffix + PartitionFolder.SwapSuffix);
            if (offset >= 0)
            {
                from = Math.Min(from, offset);
                to = Math.Max(to, NextOffset(resources.Files, folder.File(swap.Name), offset));
            }
        }

        Delete(resources, folder, resources.Files.ListFiles(folder.Path).Where(entry =>
            OffsetOf(entry.Name) is long offset && offset >= from && offset < to && !IsSwap(entry)));

        // Segments before what belongs to them: while a segment waits, the next start deletes what lies where it goes.
        foreach (bool logs in (ReadOnlySpan<bool>)[true, false])
        {
            foreach (FileEntry swap in swaps.Where(swap => IsLog(swap.Name) == logs))
            {
                resources.Files.MoveFile(folder.File(swap.Name), folder.File(swap.Name[..^PartitionFolder.SwapSuffix.Length]));
            }

            if (swaps.Count > 0)
            {
                resources.Files.SyncFolder(folder.Path);
            }
        }
    }

    private static bool IsLog(string swapName) =>
        PartitionFolder.BaseOffsetOf(swapName, PartitionFolder.LogSuffix + PartitionFolder.SwapSuffix) >= 0;

    private static long NextOffset(IFileSystem files, string path, long baseOffset)
    {
        using IStorageFile file = files.Open(path, FileOpening.Existing);
        BatchScanner scanner = new(file, 0, checked((int)file.Length), stackalloc byte[4096]);
        long next = baseOffset;
        while (scanner.MoveNext())
        {
            next = scanner.LastOffset + 1;
        }

        scanner.Dispose();
        return next;
    }

    private static bool IsLeftover(string name) =>
        name.EndsWith(PartitionFolder.DeletedSuffix, StringComparison.Ordinal)
        || name.EndsWith(PartitionFolder.CleanedSuffix, StringComparison.Ordinal)
        || name.EndsWith(PartitionFolder.SwapSuffix, StringComparison.Ordinal)
        || name.EndsWith(TemporarySuffix, StringComparison.Ordinal);

    /// <summary>The offset that a file's name starts with; -1 for a file without one.</summary>
    private static long OffsetOf(string name)
    {
        int dot = name.IndexOf('.', StringComparison.Ordinal);
        return dot < 0 ? -1 : PartitionFolder.BaseOffsetOf(name[..dot], "");
    }
}
