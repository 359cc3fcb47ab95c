using KLog.Protocol;

namespace KLog.Broker.Storage;

/// <summary>
/// What a partition's folder is called between its deletion and the removal of its files:
/// <c>topic-0.5e1f…(32 hex digits)-delete</c>. The topic is cut where the name would be longer than a file system allows.
/// </summary>
internal static class DeletedFolder
{
    private const int MaxNameLength = 255;

    internal static string NameFor(TopicPartition partition)
    {
        string suffix = $"-{partition.Partition}.{Guid.NewGuid():N}{PartitionFolder.DeleteFolderSuffix}";
        string topic = partition.Topic[..Math.Min(partition.Topic.Length, MaxNameLength - suffix.Length)];
        return topic + suffix;
    }

    internal static bool IsNameOfOne(string folderName) =>
        folderName.EndsWith(PartitionFolder.DeleteFolderSuffix, StringComparison.Ordinal) && folderName.Contains('.', StringComparison.Ordinal);
}
