using KLog.Protocol;

namespace KLog.Clients.Metadata;

/// <summary>By topic, character for character, and then by number.</summary>
public sealed class PartitionOrder : IComparer<TopicPartition>
{
    public static readonly PartitionOrder Instance = new();

    public int Compare(TopicPartition x, TopicPartition y)
    {
        int byTopic = string.CompareOrdinal(x.Topic, y.Topic);
        return byTopic != 0 ? byTopic : x.Partition.CompareTo(y.Partition);
    }
}
