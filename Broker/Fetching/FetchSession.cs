namespace KLog.Broker.Fetching;

/// <summary>
/// What one client fetches again and again, so that it need only say what changed, and is only told what changed
/// (KIP-227). A session's fetches come one at a time, by its epoch; <see cref="Gate"/> guards it against a client that
/// sends two at once.
/// </summary>
public sealed class FetchSession(int id, bool isPrivileged, bool usesTopicIds)
{
    private readonly Dictionary<FetchKey, SessionPartition> _byKey = [];
    private List<SessionPartition> _order = [];

    public int Id => id;

    /// <summary>A follower's: not evicted in favour of a consumer's.</summary>
    public bool IsPrivileged => isPrivileged;

    public bool UsesTopicIds => usesTopicIds;

    public long LastUsedMs { get; set; }

    /// <summary>What the next request must carry.</summary>
    public int NextEpoch { get; private set; } = 1;

    public Lock Gate { get; } = new();

    public int Count => _byKey.Count;

    /// <summary>The partitions in the order in which they are read: those that had records last come last.</summary>
    public IReadOnlyList<SessionPartition> Partitions => _order;

    public SessionPartition? Find(in FetchKey key) => _byKey.GetValueOrDefault(key);

    public static int EpochAfter(int epoch) => epoch == int.MaxValue ? 1 : epoch + 1;

    public void Advance() => NextEpoch = EpochAfter(NextEpoch);

    public void Put(in FetchItem item)
    {
        if (_byKey.TryGetValue(item.Key, out SessionPartition? known))
        {
            known.Item = item;
            return;
        }

        var added = new SessionPartition { Item = item };
        _byKey.Add(item.Key, added);
        _order.Add(added);
    }

    public void Forget(in FetchKey key)
    {
        if (_byKey.Remove(key, out SessionPartition? known))
        {
            _order.Remove(known);
        }
    }

    /// <summary>Moves the partitions that had records to the end, so that a full response starves none of the others.</summary>
    public void MoveBack(Func<SessionPartition, bool> hadRecords)
    {
        List<SessionPartition> next = [.. _order.Where(each => !hadRecords(each))];
        next.AddRange(_order.Where(hadRecords));
        _order = next;
    }
}

/// <summary>A partition of a session, with what its client was told of it last.</summary>
public sealed class SessionPartition
{
    public FetchItem Item { get; set; }

    public long HighWatermark { get; set; } = -1;

    public long LogStartOffset { get; set; } = -1;

    public bool HadRecords { get; set; }

    /// <summary>Notes what is answered; false when there is nothing in it that the client does not know.</summary>
    public bool Update(bool hasRecords, bool hasNews, long highWatermark, long logStartOffset, bool isError)
    {
        bool changed = hasRecords || hasNews || isError
            || highWatermark != HighWatermark || logStartOffset != LogStartOffset;
        HighWatermark = isError ? -1 : highWatermark;
        LogStartOffset = logStartOffset;
        HadRecords = hasRecords;
        return changed;
    }
}
