using System.Globalization;
using System.Text;
using System.Text.Json;
using KLog.Protocol;

namespace KLog.Broker.Storage.Inspection;

/// <summary>◆ Reads the small files of a data folder and of a partition's folder, and says what is wrong with them.</summary>
internal static class SmallFileCheck
{
    internal static List<LeaderEpochEntry> LeaderEpochs(ReadOnlySpan<byte> file, Action<long, string> report)
    {
        List<LeaderEpochEntry> entries = [];
        foreach (CheckpointText.Row row in CheckpointText.Read(file, columns: 2, report))
        {
            LeaderEpochEntry entry = new(
                int.Parse(row.Columns[0], CultureInfo.InvariantCulture), long.Parse(row.Columns[1], CultureInfo.InvariantCulture));
            if (entries is [.., LeaderEpochEntry last] && (entry.Epoch <= last.Epoch || entry.StartOffset < last.StartOffset))
            {
                report(row.Position, $"epoch {entry.Epoch} from offset {entry.StartOffset} does not follow on epoch {last.Epoch} from offset {last.StartOffset}");
            }
            else
            {
                entries.Add(entry);
            }
        }

        return entries;
    }

    internal static Dictionary<TopicPartition, long> Offsets(ReadOnlySpan<byte> file, Action<long, string> report)
    {
        Dictionary<TopicPartition, long> offsets = [];
        foreach (CheckpointText.Row row in CheckpointText.Read(file, columns: 3, report))
        {
            TopicPartition partition = new(row.Columns[0], int.Parse(row.Columns[1], CultureInfo.InvariantCulture));
            if (!offsets.TryAdd(partition, long.Parse(row.Columns[2], CultureInfo.InvariantCulture)))
            {
                report(row.Position, $"{partition} stands there twice");
            }
        }

        return offsets;
    }

    /// <summary>The topic's id; empty when the file does not tell.</summary>
    internal static Guid TopicId(ReadOnlySpan<byte> file, Action<long, string> report)
    {
        string[] lines = Encoding.UTF8.GetString(file).Split('\n', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);
        const string Key = "topic_id:";
        if (lines is ["version: 0", string id]
            && id.StartsWith(Key, StringComparison.Ordinal)
            && KafkaUuid.Parse(id.AsSpan(Key.Length).Trim()) is { } topicId
            && topicId != Guid.Empty)
        {
            return topicId;
        }

        report(0, "the file does not tell a topic's id");
        return Guid.Empty;
    }

    internal static void CleanShutdown(ReadOnlySpan<byte> file, Action<long, string> report)
    {
        if (file.IsEmpty)
        {
            return; // Kafka before 3.9.
        }

        try
        {
            Utf8JsonReader json = new(file);
            using JsonDocument document = JsonDocument.ParseValue(ref json);
            if (document.RootElement.TryGetProperty("brokerEpoch", out JsonElement epoch) && epoch.TryGetInt64(out _))
            {
                return;
            }
        }
        catch (Exception error) when (error is JsonException or InvalidOperationException)
        {
            // Said below.
        }

        report(0, "the file does not tell a broker's epoch");
    }

    internal static void Meta(string path, ReadOnlySpan<byte> file, Action<long, string> report)
    {
        try
        {
            if (MetaProperties.Parse(path, file) is { BrokerId: < 0 } or { ClusterId: null })
            {
                report(0, "the file does not tell both broker and cluster");
            }
        }
        catch (InvalidDataException error)
        {
            report(0, error.Message);
        }
    }
}
