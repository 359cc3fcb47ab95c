using System.Globalization;
using System.Text;
using KLog.Broker.Storage.Files;
using KLog.Protocol;

namespace KLog.Broker.Storage;

/// <summary>
/// Kafka's small text files that are replaced as a whole.
/// <code>
/// 0                version
/// 2                number of lines that follow
/// topic 0 1000     for offsets: topic, partition, offset
/// topic 1 37
/// </code>
/// </summary>
internal static class CheckpointFile
{
    internal const string RecoveryPoint = "recovery-point-offset-checkpoint";
    internal const string LogStartOffset = "log-start-offset-checkpoint";
    internal const string HighWatermark = "replication-offset-checkpoint";

    /// <summary>From where on each compacted log is still to be cleaned.</summary>
    internal const string Cleaner = "cleaner-offset-checkpoint";

    private const string Version = "0";

    /// <summary>
    /// The lines, split. A file that is missing or damaged has none: everything that stands in one can be found again,
    /// or only costs time.
    /// </summary>
    internal static List<string[]> Read(IFileSystem files, string path, int columns)
    {
        if (!files.FileExists(path))
        {
            return [];
        }

        string[] lines = Encoding.UTF8.GetString(files.ReadWhole(path)).Split('\n', StringSplitOptions.RemoveEmptyEntries);
        if (lines.Length < 2
            || lines[0].Trim() != Version
            || !int.TryParse(lines[1], CultureInfo.InvariantCulture, out int count)
            || count != lines.Length - 2)
        {
            return [];
        }

        List<string[]> rows = [];
        foreach (string line in lines.AsSpan(2))
        {
            string[] row = line.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries);
            if (row.Length != columns)
            {
                return [];
            }

            rows.Add(row);
        }

        return rows;
    }

    internal static void Write(IFileSystem files, string path, IReadOnlyCollection<string> lines, bool sync, bool syncFolder)
    {
        StringBuilder text = new();
        text.Append(CultureInfo.InvariantCulture, $"{Version}\n{lines.Count}\n");
        foreach (string line in lines)
        {
            text.Append(line).Append('\n');
        }

        files.Replace(path, Encoding.UTF8.GetBytes(text.ToString()), sync, syncFolder);
    }

    internal static Dictionary<TopicPartition, long> ReadOffsets(IFileSystem files, string path)
    {
        Dictionary<TopicPartition, long> offsets = [];
        foreach (string[] row in Read(files, path, 3))
        {
            if (int.TryParse(row[1], CultureInfo.InvariantCulture, out int partition)
                && long.TryParse(row[2], CultureInfo.InvariantCulture, out long offset))
            {
                offsets[new TopicPartition(row[0], partition)] = offset;
            }
        }

        return offsets;
    }

    internal static void WriteOffsets(IFileSystem files, string path, IEnumerable<KeyValuePair<TopicPartition, long>> offsets) =>
        Write(
            files,
            path,
            [.. offsets.Select(entry => string.Create(
                CultureInfo.InvariantCulture, $"{entry.Key.Topic} {entry.Key.Partition} {entry.Value}"))],
            sync: true,
            syncFolder: true);
}
