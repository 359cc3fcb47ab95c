using System.Text;
using KLog.Broker.Storage.Files;

namespace KLog.Broker.Storage;

/// <summary>
/// <c>partition.metadata</c>: which topic a folder belongs to (KIP-516).
/// <code>
/// version: 0
/// topic_id: MkTRaEKVTL2AuHCcDuwOYw     (128 bits, base64 for URLs, not padded)
/// </code>
/// </summary>
internal static class PartitionMetadataFile
{
    private const string TopicIdKey = "topic_id:";

    internal static void Write(IFileSystem files, PartitionFolder folder, Guid topicId) =>
        files.Replace(
            folder.File(PartitionFolder.TopicIdFile),
            Encoding.UTF8.GetBytes($"version: 0\n{TopicIdKey} {KafkaUuid.ToText(topicId)}"),
            sync: false,
            syncFolder: false);

    /// <summary>Empty when the file is missing or damaged.</summary>
    internal static Guid Read(IFileSystem files, PartitionFolder folder)
    {
        string path = folder.File(PartitionFolder.TopicIdFile);
        if (!files.FileExists(path))
        {
            return Guid.Empty;
        }

        foreach (string line in Encoding.UTF8.GetString(files.ReadWhole(path)).Split('\n'))
        {
            if (line.StartsWith(TopicIdKey, StringComparison.Ordinal))
            {
                return KafkaUuid.Parse(line[TopicIdKey.Length..].Trim()) ?? Guid.Empty;
            }
        }

        return Guid.Empty;
    }
}
