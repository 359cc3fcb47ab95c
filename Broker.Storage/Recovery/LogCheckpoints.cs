namespace KLog.Broker.Storage;

/// <summary>What a folder's checkpoint files say of one partition; 0 where they say nothing.</summary>
/// <param name="WasCleaned">A cleaner has compacted the log: its offsets have gaps.</param>
internal readonly record struct LogCheckpoints(long RecoveryPoint, long LogStartOffset, long HighWatermark, bool WasCleaned);
