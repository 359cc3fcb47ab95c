namespace KLog.Broker.Groups;

/// <summary>
/// Which groups are to be looked at when: one timer for all, and one entry a group that is not renewed by signs of life, so
/// that a heartbeat costs nothing here. Under its shard's lock.
/// </summary>
internal sealed class DeadlineQueue(ITimer timer) : IDisposable
{
    private readonly PriorityQueue<Group, long> _queue = new();
    private long _timerAtMs = long.MaxValue;

    /// <summary>Sees to it that the group is looked at by its next deadline.</summary>
    public void Schedule(Group group, long nowMs)
    {
        long deadlineMs = group.NextDeadlineMs;
        if (deadlineMs < group.ScheduledAtMs)
        {
            group.ScheduledAtMs = deadlineMs;
            _queue.Enqueue(group, deadlineMs);
            SetTimer(nowMs);
        }
    }

    /// <summary>The next group whose time has come; null when there is none, and then the timer is set for the next.</summary>
    public Group? Due(long nowMs)
    {
        while (_queue.TryPeek(out Group? group, out long deadlineMs) && deadlineMs <= nowMs)
        {
            _queue.Dequeue();
            if (group.ScheduledAtMs == deadlineMs)
            {
                group.ScheduledAtMs = long.MaxValue;
                return group;
            }
        }

        _timerAtMs = long.MaxValue;
        SetTimer(nowMs);
        return null;
    }

    public void Dispose() => timer.Dispose();

    private void SetTimer(long nowMs)
    {
        if (_queue.TryPeek(out _, out long firstMs) && firstMs < _timerAtMs)
        {
            _timerAtMs = firstMs;
            timer.Change(TimeSpan.FromMilliseconds(Math.Max(firstMs - nowMs, 0) + 1), Timeout.InfiniteTimeSpan);
        }
    }
}
