using KLog.Protocol.Messages;

namespace KLog.Broker.Groups.Consumer;

/// <summary>◆ A partition in a member's hands.</summary>
/// <param name="Epoch">The member epoch that it was assigned in (KIP-1251).</param>
internal readonly record struct HeldPartition(Guid Topic, int Partition, int Epoch);

/// <summary>◆ What a member holds. Immutable, and as small as an array: there is one a member.</summary>
internal sealed class HeldPartitions : IEquatable<HeldPartitions>
{
    public static readonly HeldPartitions None = new([]);

    /// <summary>In order of topic and partition.</summary>
    private readonly HeldPartition[] _all;

    private HeldPartitions(HeldPartition[] all) => _all = all;

    public bool IsEmpty => _all.Length == 0;

    public IReadOnlyList<HeldPartition> All => _all;

    public static HeldPartitions Of(IEnumerable<HeldPartition> partitions)
    {
        HeldPartition[] all = [.. partitions];
        Array.Sort(all, InOrder);
        return all.Length == 0 ? None : new HeldPartitions(all);
    }

    /// <summary>The same partitions, all assigned in one epoch.</summary>
    public static HeldPartitions Of(MemberPartitions partitions, int epoch) =>
        Of(partitions.All.Select(each => new HeldPartition(each.Topic, each.Partition, epoch)));

    /// <summary>The epoch that a partition was assigned in; null where it is not held.</summary>
    public int? EpochOf(Guid topic, int partition)
    {
        int at = Array.BinarySearch(_all, new HeldPartition(topic, partition, 0), Comparer<HeldPartition>.Create(InOrder));
        return at < 0 ? null : _all[at].Epoch;
    }

    public bool Contains(Guid topic, int partition) => EpochOf(topic, partition) is not null;

    /// <summary>Whether a member says that it owns any of these.</summary>
    public bool ContainsAny(IEnumerable<ConsumerGroupHeartbeatRequest.TopicPartitionsData> owned) =>
        !IsEmpty && owned.Any(topic => topic.Partitions.Any(partition => Contains(topic.TopicId, partition)));

    /// <summary>Whether a member says that it owns nothing but these.</summary>
    public bool ContainsAll(IEnumerable<ConsumerGroupHeartbeatRequest.TopicPartitionsData> owned) =>
        owned.All(topic => topic.Partitions.All(partition => Contains(topic.TopicId, partition)));

    /// <summary>Whether the same partitions are held, whenever they were assigned.</summary>
    public bool HasSamePartitions(HeldPartitions other) =>
        ReferenceEquals(this, other)
        || (_all.Length == other._all.Length && _all.Zip(other._all).All(pair => InOrder(pair.First, pair.Second) == 0));

    public MemberPartitions ToPartitions() => MemberPartitions.Of(_all.Select(each => (each.Topic, each.Partition)));

    public bool Equals(HeldPartitions? other) => other is not null && _all.AsSpan().SequenceEqual(other._all);

    public override bool Equals(object? obj) => Equals(obj as HeldPartitions);

    public override int GetHashCode() => IsEmpty ? 0 : HashCode.Combine(_all.Length, _all[0], _all[^1]);

    private static int InOrder(HeldPartition one, HeldPartition other)
    {
        int topics = one.Topic.CompareTo(other.Topic);
        return topics != 0 ? topics : one.Partition.CompareTo(other.Partition);
    }
}
