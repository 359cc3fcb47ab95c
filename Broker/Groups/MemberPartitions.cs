using System.Collections.Immutable;

namespace KLog.Broker.Groups;

/// <summary>◆ Partitions by topic id. Immutable; the same ones are equal, in whatever order they came.</summary>
internal sealed class MemberPartitions : IEquatable<MemberPartitions>
{
    public static readonly MemberPartitions None = new(ImmutableSortedDictionary<Guid, ImmutableSortedSet<int>>.Empty);

    private MemberPartitions(ImmutableSortedDictionary<Guid, ImmutableSortedSet<int>> topics) => Topics = topics;

    /// <summary>No topic is here without a partition.</summary>
    public ImmutableSortedDictionary<Guid, ImmutableSortedSet<int>> Topics { get; }

    public bool IsEmpty => Topics.IsEmpty;

    public int Count => Topics.Values.Sum(partitions => partitions.Count);

    public static MemberPartitions Of(IEnumerable<(Guid Topic, int Partition)> partitions)
    {
        var topics = ImmutableSortedDictionary.CreateBuilder<Guid, ImmutableSortedSet<int>>();
        foreach (IGrouping<Guid, int> topic in partitions.GroupBy(each => each.Topic, each => each.Partition))
        {
            topics[topic.Key] = [.. topic];
        }

        return topics.Count == 0 ? None : new MemberPartitions(topics.ToImmutable());
    }

    public IEnumerable<(Guid Topic, int Partition)> All =>
        Topics.SelectMany(topic => topic.Value.Select(partition => (topic.Key, partition)));

    public bool Contains(Guid topic, int partition) => Topics.TryGetValue(topic, out var partitions) && partitions.Contains(partition);

    public MemberPartitions Except(MemberPartitions other) => Of(All.Where(each => !other.Contains(each.Topic, each.Partition)));

    public MemberPartitions Intersect(MemberPartitions other) => Of(All.Where(each => other.Contains(each.Topic, each.Partition)));

    public MemberPartitions Union(MemberPartitions other) => Of(All.Concat(other.All));

    public bool Equals(MemberPartitions? other) =>
        other is not null
        && Topics.Count == other.Topics.Count
        && Topics.All(topic => other.Topics.TryGetValue(topic.Key, out var partitions) && topic.Value.SetEquals(partitions));

    public override bool Equals(object? obj) => Equals(obj as MemberPartitions);

    public override int GetHashCode() => HashCode.Combine(Topics.Count, Count);
}
