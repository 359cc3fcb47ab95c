namespace KLog.Bench.Throughput.Load;

/// <summary>When a closed loop asks for nothing more: after this time or this many bytes, whichever comes first.</summary>
internal readonly record struct LoadLimit(TimeSpan Time, long Bytes)
{
    internal static LoadLimit For(TimeSpan time) => new(time, long.MaxValue);
}

/// <summary>What a load moved, from its first request to its last answer.</summary>
internal readonly record struct LoadOutcome(TimeSpan Took, long Requests, long Records, long Bytes)
{
    internal double Seconds => Took.TotalSeconds;
}

/// <summary>Counts while a load runs, so that another thread can show them.</summary>
internal sealed class LoadMeter
{
    private long _requests;
    private long _bytes;

    internal long Requests => Volatile.Read(ref _requests);

    internal long Bytes => Volatile.Read(ref _bytes);

    /// <summary>Called by the load's thread only.</summary>
    internal void Set(long requests, long bytes)
    {
        Volatile.Write(ref _requests, requests);
        Volatile.Write(ref _bytes, bytes);
    }
}
