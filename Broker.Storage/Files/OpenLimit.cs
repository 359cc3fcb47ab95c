namespace KLog.Broker.Storage.Files;

/// <summary>What an <see cref="OpenLimit"/> may close.</summary>
public interface IClosable
{
    void Close();

    /// <summary>Its place among those that are open; the limit's own.</summary>
    internal LinkedListNode<IClosable> Place { get; }

    /// <summary>Whether it was used since the last time this was asked.</summary>
    internal bool TakeUsed();
}

/// <summary>
/// How many of a kind may be open at a time. Beyond that the ones that were not used of late are closed (second
/// chance, in the order of opening). Those in use count, and may make it more for a while.
/// </summary>
public sealed class OpenLimit(int capacity)
{
    private readonly LinkedList<IClosable> _open = new();

    internal void Opened(IClosable item)
    {
        IClosable? excess;
        lock (_open)
        {
            Append(item);
            excess = _open.Count > capacity ? TakeUnused() : null;
        }

        excess?.Close();
    }

    /// <summary>Told of what was closed for another reason, so that it does not count any more.</summary>
    internal void Closed(IClosable item)
    {
        lock (_open)
        {
            if (item.Place.List is not null)
            {
                _open.Remove(item.Place);
            }
        }
    }

    private void Append(IClosable item)
    {
        if (item.Place.List is null)
        {
            _open.AddLast(item.Place);
        }
    }

    private IClosable TakeUnused()
    {
        LinkedListNode<IClosable> oldest = _open.First!;
        for (int chances = _open.Count; chances > 0 && oldest.Value.TakeUsed(); chances--)
        {
            _open.RemoveFirst();
            _open.AddLast(oldest);
            oldest = _open.First!;
        }

        _open.RemoveFirst();
        return oldest.Value;
    }
}
