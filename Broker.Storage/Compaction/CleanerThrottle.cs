namespace KLog.Broker.Storage;

/// <summary>
/// Holds the cleaner's threads to a number of bytes a second, all together. ◆ Told of the bytes that were moved, it
/// answers with how long to wait before more are; it has no clock of its own.
/// </summary>
internal sealed class CleanerThrottle
{
    private readonly Lock _lock = new();

    /// <summary>When the bytes so far would have been moved at exactly the rate.</summary>
    private TimeSpan _dueAt;

    /// <param name="bytes">Read or written.</param>
    /// <param name="bytesPerSecond">The rate of this moment.</param>
    /// <param name="now">Since any fixed moment; never less than before.</param>
    internal TimeSpan Note(long bytes, double bytesPerSecond, TimeSpan now)
    {
        double seconds = bytes / bytesPerSecond;
        lock (_lock)
        {
            // Time that was not used is not saved up.
            TimeSpan start = _dueAt > now ? _dueAt : now;
            _dueAt = start + TimeSpan.FromSeconds(Math.Min(seconds, SecondsMax));
            TimeSpan wait = _dueAt - now;
            return wait < ShortestWait ? TimeSpan.Zero : wait;
        }
    }

    /// <summary>What is shorter is waited for with what comes next.</summary>
    private static readonly TimeSpan ShortestWait = TimeSpan.FromMilliseconds(5);

    /// <summary>A rate next to nothing must not overflow.</summary>
    private const double SecondsMax = 24 * 60 * 60;
}
