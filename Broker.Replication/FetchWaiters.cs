namespace KLog.Broker.Replication;

/// <summary>
/// The fetches that wait for a partition to grow. An append looks only whether there is one; the list is replaced, never
/// changed, so that waking takes no lock.
/// </summary>
internal sealed class FetchWaiters
{
    private readonly Lock _changing = new();
    private volatile DelayedFetch[] _waiting = [];

    public void Add(DelayedFetch fetch)
    {
        lock (_changing)
        {
            _waiting = [.. _waiting, fetch];
        }
    }

    public void Remove(DelayedFetch fetch)
    {
        lock (_changing)
        {
            int at = Array.IndexOf(_waiting, fetch);
            if (at >= 0)
            {
                _waiting = [.. _waiting[..at], .. _waiting[(at + 1)..]];
            }
        }
    }

    public void WakeAll()
    {
        foreach (DelayedFetch fetch in _waiting)
        {
            fetch.Wake();
        }
    }
}
