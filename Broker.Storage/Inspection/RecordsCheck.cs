using System.Buffers;
using KLog.Protocol.Compression;
using KLog.Protocol.Records;

namespace KLog.Broker.Storage.Inspection;

/// <summary>Decompresses a batch's records and counts them, in bounded memory.</summary>
internal static class RecordsCheck
{
    /// <summary>What is wrong with the records of the scanner's batch, or null.</summary>
    internal static string? Fault(ref BatchScanner scanner)
    {
        bool isOld = scanner.Magic != RecordBatchView.MagicV2;
        int size = scanner.BatchSize;
        byte[] batch = ArrayPool<byte>.Shared.Rent(size);
        try
        {
            scanner.Batch().CopyTo(batch);
            return isOld ? OldFault(batch.AsMemory(0, size)) : Fault(batch.AsMemory(0, size));
        }
        catch (Exception error) when (error is CorruptCompressionException or CodecMissingException)
        {
            return $"the records cannot be decompressed: {error.Message}";
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(batch);
        }
    }

    private static string? Fault(ReadOnlyMemory<byte> batch)
    {
        RecordBatchView view = new(batch.Span);
        Counting records = new() { LastOffsetDelta = view.LastOffsetDelta };
        RecordFault fault = RecordWalk.Run(batch, ref records);
        return records.OutOfOrder is { } wrong ? $"record {wrong} of the batch is out of order"
            : fault switch
            {
                RecordFault.None => null,
                RecordFault.Trailing => $"bytes follow the {view.RecordCount} records that the batch counts",
                RecordFault.Short => $"the batch counts {view.RecordCount} records, but ends after {records.Count}",
                _ => $"record {records.Count} of the batch is malformed",
            };
    }

    private static string? OldFault(ReadOnlyMemory<byte> message)
    {
        long last = -1;
        string? fault = null;
        bool isWhole = OldMessages.Walk(message, (in OldMessage inner) =>
        {
            fault ??= inner.Offset <= last ? $"the message of offset {inner.Offset} follows that of {last}" : null;
            last = inner.Offset;
        });
        return isWhole ? fault : "the messages in it are malformed";
    }

    private struct Counting : IRecordSink
    {
        private int _lastDelta = -1;

        public Counting()
        {
        }

        internal int LastOffsetDelta { get; init; }

        internal int Count { get; private set; }

        /// <summary>The first record whose offset does not lie between its neighbours.</summary>
        internal int? OutOfOrder { get; private set; }

        public readonly bool IsDone => false;

        public void Begin(long timestampDelta, int offsetDelta, int tailLength)
        {
            if (offsetDelta <= _lastDelta || offsetDelta > LastOffsetDelta)
            {
                OutOfOrder ??= Count;
            }

            _lastDelta = offsetDelta;
        }

        public readonly void Tail(ReadOnlySpan<byte> piece)
        {
        }

        public void End(bool hasKey) => Count++;
    }
}
