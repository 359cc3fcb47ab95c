namespace KLog.Broker.Storage.Files;

/// <summary>What an <see cref="OpenLimit"/> may close.</summary>
public interface IClosable
{
    void Close();

    /// <summary>Whether it was used since the last time this was asked.</summary>
    internal bool TakeUsed();
}

/// <summary>
/// How many of a kind may be open at a time. Beyond that the ones that were not used of late are closed (second
/// chance, in the order of opening). Those in use count, and may make it more for a while.
/// </summary>
public sealed class OpenLimit(int capacity)
{
    private readonly Queue<IClosable> _open = new();

    internal void Opened(IClosable item)
    {
        IClosable? excess;
        lock (_open)
        {
            _open.Enqueue(item);
            excess = _open.Count > capacity ? TakeUnused() : null;
        }

        excess?.Close();
    }

    private IClosable TakeUnused()
    {
        for (int chances = _open.Count; chances > 0; chances--)
        {
            IClosable oldest = _open.Dequeue();
            if (!oldest.TakeUsed())
            {
                return oldest;
            }

            _open.Enqueue(oldest);
        }

        return _open.Dequeue();
    }
}
