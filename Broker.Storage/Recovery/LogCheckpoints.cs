namespace KLog.Broker.Storage;

/// <summary>What a folder's checkpoint files say of one partition; 0 where they say nothing.</summary>
/// <param name="CleanOffset">Up to where a cleaner has compacted the log; -1 when none did.</param>
internal readonly record struct LogCheckpoints(long RecoveryPoint, long LogStartOffset, long HighWatermark, long CleanOffset)
{
    /// <summary>Then its offsets have gaps.</summary>
    internal bool WasCleaned => CleanOffset >= 0;
}
