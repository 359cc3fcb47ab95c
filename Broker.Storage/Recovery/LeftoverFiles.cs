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
        List<FileEntry> swaps = [];
        foreach (FileEntry entry in entries.Where(entry => IsLeftover(entry.Name)))
        {
            // A split writes its parts as .cleaned, and renames them to .swap from the last to the first: a .swap file
            // at or after a .cleaned one belongs to a split that was not completed.
            bool isSwap = entry.Name.EndsWith(PartitionFolder.SwapSuffix, StringComparison.Ordinal);
            if (isSwap && OffsetOf(entry.Name) < firstCleaned)
            {
                swaps.Add(entry);
            }
            else
            {
                resources.Files.DeleteFile(folder.File(entry.Name));
            }
        }

        PutInPlace(resources, folder, swaps);
        return resources.Files.ListFiles(folder.Path);
    }

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

        foreach (FileEntry entry in resources.Files.ListFiles(folder.Path))
        {
            long offset = OffsetOf(entry.Name);
            if (offset >= from && offset < to && !entry.Name.EndsWith(PartitionFolder.SwapSuffix, StringComparison.Ordinal))
            {
                resources.Files.DeleteFile(folder.File(entry.Name));
            }
        }

        foreach (FileEntry swap in swaps)
        {
            resources.Files.MoveFile(folder.File(swap.Name), folder.File(swap.Name[..^PartitionFolder.SwapSuffix.Length]));
        }
    }

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
