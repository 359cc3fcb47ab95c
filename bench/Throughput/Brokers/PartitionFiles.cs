using System.Globalization;
using KLog.Bench.Throughput.Load;

namespace KLog.Bench.Throughput.Brokers;

/// <summary>◆ What a broker keeps on the disk, by the names and forms that Kafka gave it.</summary>
internal static class PartitionFiles
{
    /// <summary>Deleted by whoever wants a log to be recovered from its start again.</summary>
    internal const string RecoveryPoints = "recovery-point-offset-checkpoint";

    internal const string CleanerOffsets = "cleaner-offset-checkpoint";

    private const string LogSuffix = ".log";

    /// <summary>The segments of a topic's partition, or of all of them, by partition and in order.</summary>
    internal static string[] Segments(string dataFolder, BenchTopic topic, int? partition = null) =>
    [
        .. Directory.EnumerateDirectories(dataFolder, $"{topic.Name}-{partition?.ToString(CultureInfo.InvariantCulture) ?? "*"}")
            .Order(StringComparer.Ordinal)
            .SelectMany(folder => Directory.EnumerateFiles(folder, "*" + LogSuffix).Order(StringComparer.Ordinal)),
    ];

    /// <summary>The offset that a segment's name says it begins with.</summary>
    internal static long BaseOffset(string segment) =>
        long.Parse(Path.GetFileNameWithoutExtension(segment.AsSpan()), CultureInfo.InvariantCulture);

    /// <summary>
    /// One partition's offset in the lines of a checkpoint file; null when it has none.
    /// <code>
    /// version 0
    /// number of entries
    /// topic partition offset
    /// …
    /// </code>
    /// </summary>
    internal static long? CheckpointedOffset(IEnumerable<string> lines, string topic, int partition)
    {
        string start = string.Create(CultureInfo.InvariantCulture, $"{topic} {partition} ");
        string? line = lines.Skip(2).FirstOrDefault(l => l.StartsWith(start, StringComparison.Ordinal));
        return line is null ? null : long.Parse(line.AsSpan(start.Length), CultureInfo.InvariantCulture);
    }
}
