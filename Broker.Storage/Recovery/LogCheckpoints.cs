namespace KLog.Broker.Storage;

/// <summary>What a folder's checkpoint files say of one partition; 0 where they say nothing.</summary>
internal readonly record struct LogCheckpoints(long RecoveryPoint, long LogStartOffset, long HighWatermark);
