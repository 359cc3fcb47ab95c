namespace KLog.Broker.Replication;

/// <summary>
/// A fetch that waits until one of its partitions has grown, its time is up, or its connection is gone. It is watched
/// first and then looks again, so that what is appended in between is not missed.
/// </summary>
public sealed class DelayedFetch : IDisposable
{
    private readonly ITimer _timer;
    private readonly CancellationTokenRegistration _closed;
    private readonly Lock _gate = new();
    private TaskCompletionSource _grown = New();
    private volatile bool _isOver;

    /// <param name="wait">How long it may wait in all.</param>
    /// <param name="closed">Its connection's end.</param>
    public DelayedFetch(TimeSpan wait, TimeProvider time, CancellationToken closed)
    {
        _timer = time.CreateTimer(static self => ((DelayedFetch)self!).End(), this, wait, Timeout.InfiniteTimeSpan);
        _closed = closed.UnsafeRegister(static self => ((DelayedFetch)self!).End(), this);
    }

    /// <summary>The time is up, or nobody waits for the answer any more.</summary>
    public bool IsOver => _isOver;

    /// <summary>Completes at the next growth after the last call, or at the end of the wait.</summary>
    public Task NextAsync()
    {
        lock (_gate)
        {
            return _grown.Task;
        }
    }

    /// <summary>From now on <see cref="NextAsync"/> waits for what comes next. Called before the partitions are read.</summary>
    public void Rearm()
    {
        lock (_gate)
        {
            if (_grown.Task.IsCompleted && !_isOver)
            {
                _grown = New();
            }
        }
    }

    /// <summary>A watched partition has grown. Any thread; continues elsewhere.</summary>
    public void Wake()
    {
        lock (_gate)
        {
            _grown.TrySetResult();
        }
    }

    public void Dispose()
    {
        _timer.Dispose();
        _closed.Dispose();
    }

    private static TaskCompletionSource New() => new(TaskCreationOptions.RunContinuationsAsynchronously);

    private void End()
    {
        _isOver = true;
        Wake();
    }
}
