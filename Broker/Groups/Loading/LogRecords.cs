using System.Buffers;
using KLog.Broker.Replication;
using KLog.Broker.Storage;
using KLog.Protocol;
using KLog.Protocol.Records;

namespace KLog.Broker.Groups.Loading;

/// <summary>Takes what <see cref="LogRecords"/> reads. Spans are valid during the call.</summary>
internal interface ILogRecordSink
{
    /// <param name="producerId">Of the transaction that the record is part of; -1 where it is not part of one.</param>
    void Take(long offset, long producerId, ReadOnlySpan<byte> key, ReadOnlySpan<byte> value, bool hasValue);

    void EndTransaction(long producerId, bool isCommit);
}

/// <summary>Reads a partition from its start to its end, as the coordinators do when they take one over.</summary>
internal static class LogRecords
{
    private const int PieceBytes = 4 << 20;

    /// <exception cref="IOException">The disk failed.</exception>
    /// <exception cref="InvalidDataException">A batch is damaged.</exception>
    public static void Read(Partition partition, ILogRecordSink sink, CancellationToken cancellation)
    {
        PartitionLog log = partition.Log;
        long offset = log.LogStartOffset;
        long end = log.LogEndOffset;
        if (offset >= end)
        {
            return;
        }

        byte[] buffer = ArrayPool<byte>.Shared.Rent(PieceBytes);
        try
        {
            while (offset < end)
            {
                cancellation.ThrowIfCancellationRequested();
                LogReadResult read = log.Read(offset, PieceBytes, end, atLeastOneBatch: true);
                using FileRegion? region = read.Region;
                if (read.Error != ErrorCode.None)
                {
                    throw new IOException($"{partition.Name} cannot be read at offset {offset}: {read.Error}");
                }

                if (region is null)
                {
                    break;
                }

                if (region.Length > buffer.Length)
                {
                    ArrayPool<byte>.Shared.Return(buffer);
                    buffer = ArrayPool<byte>.Shared.Rent(region.Length);
                }

                int length = region.Read(buffer.AsSpan(0, region.Length), 0);
                offset = Take(buffer.AsMemory(0, length), offset, partition, sink);
            }
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    /// <summary>Returns the offset after the last whole batch.</summary>
    private static long Take(ReadOnlyMemory<byte> piece, long from, Partition partition, ILogRecordSink sink)
    {
        long next = from;
        while (piece.Length >= RecordBatchView.HeaderSize)
        {
            RecordBatchView view = new(piece.Span);
            if (view.SizeInBytes > piece.Length)
            {
                break;
            }

            next = view.LastOffset + 1;
            if (view.Magic == RecordBatchView.MagicV2)
            {
                TakeBatch(piece[..view.SizeInBytes], from, partition, sink);
            }

            piece = piece[view.SizeInBytes..];
        }

        return next > from ? next : throw new InvalidDataException($"{partition.Name} has no whole batch at offset {from}");
    }

    private static void TakeBatch(ReadOnlyMemory<byte> batch, long from, Partition partition, ILogRecordSink sink)
    {
        RecordBatchView view = new(batch.Span);
        RecordFields fields = new(sink, view.BaseOffset, view.IsTransactional ? view.ProducerId : -1, view.IsControl, from);
        RecordFault fault = RecordWalk.Run(batch, ref fields);
        if (fault != RecordFault.None)
        {
            throw new InvalidDataException($"{partition.Name} has a damaged batch at offset {view.BaseOffset}: {fault}");
        }
    }

    /// <summary>Puts the pieces of a record together, and cuts key and value out.</summary>
    private struct RecordFields(ILogRecordSink sink, long baseOffset, long producerId, bool isControl, long from) : IRecordSink
    {
        private long _offset;
        private int _tailLength;
        private byte[]? _pieces;
        private int _have;

        public readonly bool IsDone => false;

        public void Begin(long timestampDelta, int offsetDelta, int tailLength)
        {
            _offset = baseOffset + offsetDelta;
            _tailLength = tailLength;
            _have = 0;
        }

        public void Tail(ReadOnlySpan<byte> piece)
        {
            if (piece.Length == _tailLength)
            {
                Give(piece);
                return;
            }

            _pieces = _pieces is null || _pieces.Length < _tailLength ? new byte[_tailLength] : _pieces;
            piece.CopyTo(_pieces.AsSpan(_have));
            _have += piece.Length;
            if (_have == _tailLength)
            {
                Give(_pieces.AsSpan(0, _tailLength));
            }
        }

        public readonly void End(bool hasKey)
        {
        }

        private readonly void Give(ReadOnlySpan<byte> tail)
        {
            int at = 0;
            ReadOnlySpan<byte> key = Field(tail, ref at, out _);
            ReadOnlySpan<byte> value = Field(tail, ref at, out bool hasValue);
            if (_offset < from)
            {
                return;
            }

            if (!isControl)
            {
                sink.Take(_offset, producerId, key, value, hasValue);
            }
            else if (EndTransactionMarker.TryRead(key, value, out EndTransactionMarker marker))
            {
                sink.EndTransaction(producerId, marker.IsCommit);
            }
        }

        private static ReadOnlySpan<byte> Field(ReadOnlySpan<byte> tail, ref int at, out bool isThere)
        {
            bool isRead = Varint.TryRead(tail, ref at, out int length);
            isThere = isRead && length >= 0;
            if (!isThere)
            {
                return default;
            }

            ReadOnlySpan<byte> field = tail.Slice(at, length);
            at += length;
            return field;
        }
    }
}
