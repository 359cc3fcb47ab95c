using System.Collections.Immutable;

namespace KLog.Broker.Groups.Consumer;

/// <summary>
/// ◆ Who holds a partition, or has not given it back: at most one member does, which is what all is about. Immutable; a
/// reference a partition, as a group has many of them.
/// </summary>
internal sealed class PartitionHolders
{
    public static readonly PartitionHolders None = new(ImmutableDictionary<Guid, string?[]>.Empty);

    /// <summary>Member ids by topic and partition; an array that is in here changes no more.</summary>
    private readonly ImmutableDictionary<Guid, string?[]> _topics;

    private PartitionHolders(ImmutableDictionary<Guid, string?[]> topics) => _topics = topics;

    public IEnumerable<(Guid Topic, int Partition, string MemberId)> All =>
        from topic in _topics
        from partition in Enumerable.Range(0, topic.Value.Length)
        where topic.Value[partition] is not null
        select (topic.Key, partition, topic.Value[partition]!);

    public string? Of(Guid topic, int partition) =>
        _topics.TryGetValue(topic, out string?[]? holders) && (uint)partition < (uint)holders.Length ? holders[partition] : null;

    /// <summary>With what a member has now in the place of what it had; null for one that is not there.</summary>
    public PartitionHolders With(ConsumerMember? before, ConsumerMember? after)
    {
        if (before is not null
            && after is not null
            && before.Assigned.HasSamePartitions(after.Assigned)
            && before.PendingRevocation.HasSamePartitions(after.PendingRevocation))
        {
            return this;
        }

        Dictionary<Guid, string?[]> changed = [];
        foreach (HeldPartition each in Partitions(before))
        {
            // Another one holds it only where a torn log is read in which the last word came first.
            if (Of(each.Topic, each.Partition) == before!.MemberId)
            {
                Writable(changed, each)[each.Partition] = null;
            }
        }

        foreach (HeldPartition each in Partitions(after))
        {
            Writable(changed, each)[each.Partition] = after!.MemberId;
        }

        return new PartitionHolders(_topics
            .SetItems(changed)
            .RemoveRange(changed.Where(topic => topic.Value.All(holder => holder is null)).Select(topic => topic.Key)));
    }

    /// <summary>A topic's array that is not yet in here, with room for a partition.</summary>
    private string?[] Writable(Dictionary<Guid, string?[]> changed, HeldPartition partition)
    {
        string?[]? holders = changed.GetValueOrDefault(partition.Topic);
        string?[] known = holders ?? _topics.GetValueOrDefault(partition.Topic) ?? [];
        if (holders is null || holders.Length <= partition.Partition)
        {
            holders = new string?[Math.Max(known.Length, partition.Partition + 1)];
            known.CopyTo(holders, 0);
            changed[partition.Topic] = holders;
        }

        return holders;
    }

    private static IEnumerable<HeldPartition> Partitions(ConsumerMember? member) =>
        member is null ? [] : member.Assigned.All.Concat(member.PendingRevocation.All);
}
