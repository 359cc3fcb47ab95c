namespace KLog.Broker.Storage;

/// <summary>A log as it was found in its folder, or made in it: what a <see cref="PartitionLog"/> starts with.</summary>
/// <param name="Writer">The log's writer lock, which the table of producers shares.</param>
/// <param name="IsNew">The folder's names are not synced yet.</param>
internal sealed record LoadedLog(
    Lock Writer,
    SegmentList Segments,
    LeaderEpochCache LeaderEpochs,
    ProducerStateTable Producers,
    long LogStartOffset,
    long LogEndOffset,
    long RecoveryPoint,
    long HighWatermark,
    bool IsNew);
