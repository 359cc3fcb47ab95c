namespace KLog.Coordination.Tests.ZooKeeper;

/// <summary>A clock that goes on when the test says so. What is to wait for less than a second does not wait at all.</summary>
internal sealed class ManualTime : TimeProvider
{
    private readonly Lock _lock = new();
    private readonly List<ManualTimer> _timers = [];
    private TimeSpan _now;

    public override long TimestampFrequency => TimeSpan.TicksPerSecond;

    public override long GetTimestamp()
    {
        lock (_lock)
        {
            return _now.Ticks;
        }
    }

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        if (dueTime < TimeSpan.FromSeconds(1))
        {
            return System.CreateTimer(callback, state, dueTime < TimeSpan.Zero ? dueTime : TimeSpan.Zero, period);
        }

        lock (_lock)
        {
            var timer = new ManualTimer(this, () => callback(state), _now + dueTime);
            _timers.Add(timer);
            return timer;
        }
    }

    /// <summary>Waits until a timer is due by then, and moves the clock.</summary>
    public async Task AdvanceAsync(TimeSpan by)
    {
        while (!HasTimerWithin(by))
        {
            await Task.Yield();
        }

        List<ManualTimer> due;
        lock (_lock)
        {
            _now += by;
            due = [.. _timers.Where(timer => timer.At <= _now)];
            _timers.RemoveAll(due.Contains);
        }

        due.ForEach(timer => timer.Fire());
    }

    private bool HasTimerWithin(TimeSpan by)
    {
        lock (_lock)
        {
            return _timers.Any(timer => timer.At <= _now + by);
        }
    }

    private sealed class ManualTimer(ManualTime time, Action fire, TimeSpan at) : ITimer
    {
        public TimeSpan At => at;

        public void Fire() => fire();

        public bool Change(TimeSpan dueTime, TimeSpan period) => throw new NotSupportedException();

        public void Dispose()
        {
            lock (time._lock)
            {
                time._timers.Remove(this);
            }
        }

        public ValueTask DisposeAsync()
        {
            Dispose();
            return ValueTask.CompletedTask;
        }
    }
}
