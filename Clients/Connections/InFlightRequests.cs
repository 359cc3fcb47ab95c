namespace KLog.Clients.Connections;

/// <summary>
/// What a connection has sent and got no answer to, by correlation id. Once it has failed, it takes nothing more: so no
/// request is left without an end.
/// </summary>
internal sealed class InFlightRequests
{
    private readonly Lock _lock = new();
    private readonly Dictionary<int, PendingResponse> _pending = [];
    private int _lastId;
    private Exception? _failure;

    public bool HasFailed
    {
        get
        {
            lock (_lock)
            {
                return _failure is not null;
            }
        }
    }

    /// <summary>The correlation id to send it with.</summary>
    public int Add(PendingResponse pending)
    {
        lock (_lock)
        {
            if (_failure is not null)
            {
                throw _failure;
            }

            _lastId = (_lastId + 1) & int.MaxValue;
            _pending.Add(_lastId, pending);
            return _lastId;
        }
    }

    public PendingResponse? Take(int id)
    {
        lock (_lock)
        {
            return _pending.Remove(id, out PendingResponse? pending) ? pending : null;
        }
    }

    /// <summary>Ends all that wait, and all to come. Only the first reason counts.</summary>
    public void Fail(Exception error)
    {
        PendingResponse[] ended;
        lock (_lock)
        {
            _failure ??= error;
            error = _failure;
            ended = [.. _pending.Values];
            _pending.Clear();
        }

        foreach (PendingResponse pending in ended)
        {
            pending.Fail(error);
        }
    }
}
