using System.Globalization;
using KLog.Protocol;

namespace KLog.Broker.Storage;

/// <summary>
/// Where a partition's files lie, and what they are called. The folder changes its name once in its life, when the
/// partition is deleted.
/// </summary>
internal sealed class PartitionFolder(string path)
{
    internal const string LogSuffix = ".log";
    internal const string OffsetIndexSuffix = ".index";
    internal const string TimeIndexSuffix = ".timeindex";
    internal const string TransactionIndexSuffix = ".txnindex";
    internal const string SnapshotSuffix = ".snapshot";

    /// <summary>The files that belong to one segment, its records first.</summary>
    internal static ReadOnlySpan<string> SegmentSuffixes => new[]
    {
        LogSuffix,
        OffsetIndexSuffix,
        TimeIndexSuffix,
        TransactionIndexSuffix,
        SnapshotSuffix,
    };

    /// <summary>On a file that is going to be deleted.</summary>
    internal const string DeletedSuffix = ".deleted";

    /// <summary>On what a cleaner was writing when the process ended.</summary>
    internal const string CleanedSuffix = ".cleaned";

    /// <summary>On what a cleaner had written, and was about to put in place.</summary>
    internal const string SwapSuffix = ".swap";

    /// <summary>On a partition's folder that is going to be deleted.</summary>
    internal const string DeleteFolderSuffix = "-delete";

    internal const string TopicIdFile = "partition.metadata";
    internal const string LeaderEpochFile = "leader-epoch-checkpoint";

    private volatile string _path = path;

    internal string Path
    {
        get => _path;
        set => _path = value;
    }

    internal string File(string name) => $"{_path}/{name}";

    /// <summary>A base offset has 20 digits in a file's name, so that names sort as offsets do.</summary>
    internal string File(long baseOffset, string suffix) => $"{_path}/{Name(baseOffset, suffix)}";

    internal static string Name(long baseOffset, string suffix) =>
        string.Create(CultureInfo.InvariantCulture, $"{baseOffset:D20}{suffix}");

    /// <summary>The base offset of a file called so: digits, and the suffix. -1 when it is another file.</summary>
    internal static long BaseOffsetOf(string name, string suffix)
    {
        if (!name.EndsWith(suffix, StringComparison.Ordinal))
        {
            return -1;
        }

        ReadOnlySpan<char> digits = name.AsSpan(0, name.Length - suffix.Length);
        return digits.Length == 20 && long.TryParse(digits, NumberStyles.None, CultureInfo.InvariantCulture, out long offset)
            ? offset
            : -1;
    }

    /// <summary>The partition whose folder is called so; null for folders of other kinds (-delete, -future, …).</summary>
    internal static TopicPartition? PartitionOf(string folderName)
    {
        int dash = folderName.LastIndexOf('-');
        return dash > 0
            && int.TryParse(folderName.AsSpan(dash + 1), NumberStyles.None, CultureInfo.InvariantCulture, out int partition)
            ? new TopicPartition(folderName[..dash], partition)
            : null;
    }
}
