namespace KLog.Broker.Groups;

/// <summary>
/// Time for deadlines: milliseconds that begin at the wall's time and then run evenly, so that a clock that is set does not
/// end everybody's session.
/// </summary>
internal sealed class GroupClock(TimeProvider time)
{
    private readonly long _startMs = time.GetUtcNow().ToUnixTimeMilliseconds();
    private readonly long _start = time.GetTimestamp();

    public long NowMs => _startMs + (long)time.GetElapsedTime(_start).TotalMilliseconds;

    /// <summary>What is written into records.</summary>
    public long WallMs => time.GetUtcNow().ToUnixTimeMilliseconds();

    public ITimer NewTimer(Action onTime) =>
        time.CreateTimer(_ => onTime(), null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
}
