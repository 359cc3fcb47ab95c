namespace KLog.Broker.Fetching;

/// <summary>
/// The sessions of all clients, bounded by <c>max.incremental.fetch.session.cache.slots</c>. When it is full, the
/// longest unused session makes room if it has been idle for the eviction time, or if a follower needs its place.
/// </summary>
public sealed class FetchSessionCache(Func<int> slots, TimeSpan evictionAge, TimeProvider time, Random random)
{
    private readonly Lock _gate = new();
    private readonly Dictionary<int, LinkedListNode<FetchSession>> _byId = [];
    private readonly LinkedList<FetchSession> _leastRecentFirst = new();

    public int Count
    {
        get
        {
            lock (_gate)
            {
                return _byId.Count;
            }
        }
    }

    /// <summary>Null where there is no such session.</summary>
    public FetchSession? Use(int id)
    {
        lock (_gate)
        {
            if (!_byId.TryGetValue(id, out LinkedListNode<FetchSession>? node))
            {
                return null;
            }

            node.Value.LastUsedMs = NowMs();
            _leastRecentFirst.Remove(node);
            _leastRecentFirst.AddLast(node);
            return node.Value;
        }
    }

    public void Remove(int id)
    {
        lock (_gate)
        {
            if (_byId.Remove(id, out LinkedListNode<FetchSession>? node))
            {
                _leastRecentFirst.Remove(node);
            }
        }
    }

    /// <summary>Makes a session with these partitions; null where there is no room.</summary>
    public FetchSession? Create(bool isPrivileged, bool usesTopicIds, IEnumerable<FetchItem> items)
    {
        lock (_gate)
        {
            if (_byId.Count >= slots() && !Evict(isPrivileged))
            {
                return null;
            }

            int id;
            do
            {
                id = random.Next(1, int.MaxValue);
            }
            while (_byId.ContainsKey(id));

            var session = new FetchSession(id, isPrivileged, usesTopicIds) { LastUsedMs = NowMs() };
            foreach (FetchItem item in items)
            {
                session.Put(item);
            }

            _byId.Add(id, _leastRecentFirst.AddLast(session));
            return session;
        }
    }

    private bool Evict(bool forPrivileged)
    {
        LinkedListNode<FetchSession>? oldest = _leastRecentFirst.First;
        if (oldest is null)
        {
            return false;
        }

        if (NowMs() - oldest.Value.LastUsedMs <= evictionAge.TotalMilliseconds)
        {
            while (oldest is not null && (!forPrivileged || oldest.Value.IsPrivileged))
            {
                oldest = oldest.Next;
            }
        }

        if (oldest is null)
        {
            return false;
        }

        _leastRecentFirst.Remove(oldest);
        _byId.Remove(oldest.Value.Id);
        return true;
    }

    private long NowMs() => time.GetUtcNow().ToUnixTimeMilliseconds();
}
