namespace KLog.Clients.Tests.Support;

/// <summary>A clock on which pauses between attempts end at once, and limits end when the test says so.</summary>
internal sealed class ManualTime : TimeProvider
{
    /// <summary>What is as short as this is a pause.</summary>
    public static readonly TimeSpan PauseMax = TimeSpan.FromMilliseconds(10);

    private readonly Lock _lock = new();
    private readonly List<Limit> _limits = [];
    private TimeSpan _now;

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        if (dueTime <= PauseMax)
        {
            return System.CreateTimer(callback, state, dueTime < TimeSpan.Zero ? dueTime : TimeSpan.Zero, period);
        }

        lock (_lock)
        {
            Limit limit = new(this, () => callback(state), _now + dueTime);
            _limits.Add(limit);
            return limit;
        }
    }

    public void Advance(TimeSpan by)
    {
        Limit[] due;
        lock (_lock)
        {
            _now += by;
            due = [.. _limits.Where(each => each.At <= _now)];
            _limits.RemoveAll(due.Contains);
        }

        foreach (Limit limit in due)
        {
            limit.End();
        }
    }

    private sealed class Limit(ManualTime time, Action end, TimeSpan at) : ITimer
    {
        public TimeSpan At => at;

        public void End() => end();

        public bool Change(TimeSpan dueTime, TimeSpan period) => throw new NotSupportedException();

        public void Dispose()
        {
            lock (time._lock)
            {
                time._limits.Remove(this);
            }
        }

        public ValueTask DisposeAsync()
        {
            Dispose();
            return ValueTask.CompletedTask;
        }
    }
}
