namespace KLog.Broker.Storage.Files;

/// <summary>
/// Something that costs a descriptor or a memory map: opened when it is used, and closed when the
/// <see cref="OpenLimit"/> needs the room and no one holds it.
/// </summary>
/// <remarks>
/// <c>_holders</c> counts those who use the value, and one more while the limit keeps it open. Above 0 it is taken
/// and given back without a lock; from 0 to open and back again only under <c>_opening</c>.
/// </remarks>
public abstract class OpenOnUse<T> : IClosable
    where T : class, IDisposable
{
    private readonly Lock _opening = new();
    private readonly OpenLimit _limit;
    private readonly LinkedListNode<IClosable> _place;
    private T? _value;
    private int _holders;
    private bool _kept;
    private volatile bool _used;
    private volatile bool _isRetired;

    protected OpenOnUse(OpenLimit limit)
    {
        _limit = limit;
        _place = new LinkedListNode<IClosable>(this);
    }

    LinkedListNode<IClosable> IClosable.Place => _place;


    /// <summary>Called under a lock of this object's own.</summary>
    protected abstract T Open();

    /// <summary>The value, which stays open until <see cref="Release"/>: exactly one for each call of this.</summary>
    /// <exception cref="FileNotFoundException">It is retired, and no one has it open.</exception>
    public T Acquire()
    {
        if (!_used)
        {
            _used = true;
        }

        int holders = Volatile.Read(ref _holders);
        while (holders > 0)
        {
            int seen = Interlocked.CompareExchange(ref _holders, holders + 1, holders);
            if (seen == holders)
            {
                return _value!;
            }

            holders = seen;
        }

        return OpenAndAcquire();
    }

    public void Release()
    {
        if (Interlocked.Decrement(ref _holders) == 0)
        {
            CloseUnused();
        }
    }

    /// <summary>Closes once no one uses it; a later use opens it again.</summary>
    public void Close()
    {
        lock (_opening)
        {
            if (!_kept)
            {
                return;
            }

            _kept = false;
            _limit.Closed(this);
        }

        Release();
    }

    /// <summary>
    /// Its name is another's from now on: it is not opened again, and whoever has it goes on. The caller has it while the
    /// name changes hands.
    /// </summary>
    public void Retire() => _isRetired = true;

    bool IClosable.TakeUsed()
    {
        bool used = _used;
        _used = false;
        return used;
    }

    private T OpenAndAcquire()
    {
        T value;
        lock (_opening)
        {
            // It may have been opened meanwhile, or be on its way to being closed: then it is simply taken again.
            value = _value ??= _isRetired ? throw new FileNotFoundException("The file was replaced.") : Open();
            if (_kept)
            {
                Interlocked.Increment(ref _holders);
                return value;
            }

            _kept = true;
            Interlocked.Add(ref _holders, 2);
        }

        _limit.Opened(this);
        return value;
    }

    private void CloseUnused()
    {
        T? unused = null;
        lock (_opening)
        {
            if (Volatile.Read(ref _holders) == 0)
            {
                unused = _value;
                _value = null;
            }
        }

        unused?.Dispose();
    }
}
