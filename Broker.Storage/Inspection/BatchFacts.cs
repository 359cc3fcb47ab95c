using KLog.Protocol.Records;

namespace KLog.Broker.Storage.Inspection;

/// <summary>What the header of a batch says that the files around the segment have to agree with.</summary>
/// <param name="RecordCount">-1 for a message set of magic 0 or 1, whose header does not count.</param>
/// <param name="LeaderEpoch">-1 where the batch names none.</param>
internal readonly record struct BatchFacts(
    long BaseOffset,
    long LastOffset,
    int Position,
    int Size,
    long MaxTimestampMs,
    int RecordCount,
    int LeaderEpoch,
    long ProducerId,
    bool IsTransactional,
    bool IsControl)
{
    internal static BatchFacts Of(in BatchScanner scanner)
    {
        if (scanner.Magic != RecordBatchView.MagicV2)
        {
            return new BatchFacts(
                scanner.BaseOffset, scanner.LastOffset, scanner.Position, scanner.BatchSize, scanner.MaxTimestamp, -1, -1, -1, false, false);
        }

        RecordBatchView header = scanner.Header;
        return new BatchFacts(
            header.BaseOffset,
            header.LastOffset,
            scanner.Position,
            scanner.BatchSize,
            header.MaxTimestamp,
            header.RecordCount,
            header.PartitionLeaderEpoch,
            header.ProducerId,
            header.IsTransactional,
            header.IsControl);
    }

    /// <summary>What cannot be in a header, although its CRC is right; null when nothing is wrong.</summary>
    internal static string? HeaderFault(in BatchScanner scanner)
    {
        if (scanner.Magic != RecordBatchView.MagicV2)
        {
            return null;
        }

        RecordBatchView header = scanner.Header;
        return header switch
        {
            { LastOffsetDelta: < 0 } => $"the batch's last offset delta is {header.LastOffsetDelta}",
            _ when header.RecordCount < 0 || header.RecordCount > header.LastOffsetDelta + 1L =>
                $"the batch counts {header.RecordCount} records in {header.LastOffsetDelta + 1L} offsets",
            _ when header.Compression > CompressionType.Zstd => $"the batch names a codec {(int)header.Compression}",
            _ => null,
        };
    }
}
