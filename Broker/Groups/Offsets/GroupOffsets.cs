using KLog.Protocol;

namespace KLog.Broker.Groups.Offsets;

/// <summary>
/// ◆ A group's offsets: those that are committed, and those of transactions that have not ended, which are kept apart until
/// a marker says what becomes of them (KIP-98).
/// </summary>
internal sealed class GroupOffsets
{
    private readonly Dictionary<TopicPartition, CommittedOffset> _committed = [];
    private Dictionary<long, Dictionary<TopicPartition, CommittedOffset>>? _pending;

    public IReadOnlyDictionary<TopicPartition, CommittedOffset> Committed => _committed;

    public bool IsEmpty => _committed.Count == 0 && !HasPending;

    public bool HasPending => _pending is { Count: > 0 };

    public CommittedOffset? Find(in TopicPartition partition) =>
        _committed.TryGetValue(partition, out CommittedOffset found) ? found : null;

    public void Commit(in TopicPartition partition, in CommittedOffset offset) => _committed[partition] = offset;

    public bool Remove(in TopicPartition partition) => _committed.Remove(partition);

    /// <summary>Whether a transaction that has not ended would change it: <c>UNSTABLE_OFFSET_COMMIT</c> (KIP-447).</summary>
    public bool IsUnstable(TopicPartition partition) =>
        _pending is not null && _pending.Values.Any(offsets => offsets.ContainsKey(partition));

    public void CommitPending(long producerId, in TopicPartition partition, in CommittedOffset offset)
    {
        _pending ??= [];
        if (!_pending.TryGetValue(producerId, out Dictionary<TopicPartition, CommittedOffset>? offsets))
        {
            _pending[producerId] = offsets = [];
        }

        offsets[partition] = offset;
    }

    /// <summary>A transaction has ended. What was committed after its offsets, outside of it, stays.</summary>
    public void EndTransaction(long producerId, bool isCommit)
    {
        if (_pending is null || !_pending.Remove(producerId, out Dictionary<TopicPartition, CommittedOffset>? offsets) || !isCommit)
        {
            return;
        }

        foreach ((TopicPartition partition, CommittedOffset offset) in offsets)
        {
            if (!_committed.TryGetValue(partition, out CommittedOffset now) || now.RecordOffset < offset.RecordOffset)
            {
                _committed[partition] = offset;
            }
        }
    }

    /// <summary>Topics are gone, and with them what was committed for them. Returns what was.</summary>
    public IReadOnlyList<TopicPartition> Of(Func<string, bool> topic) =>
        [.. _committed.Keys.Where(each => topic(each.Topic))];
}
