using KLog.Protocol.Compression;
using KLog.Protocol.Records;

namespace KLog.Broker.Storage;

/// <summary>
/// Writes a validated batch anew: with the topic's own codec (compression.type other than producer), or with offset
/// deltas that count from 0 where a client's did not. Streams from codec to codec, so that memory stays within the
/// limit whatever the batch decompresses to.
/// </summary>
internal struct BatchRewrite : IRecordSink
{
    private readonly PooledOutput _output;
    private readonly Compressor _compressor;
    private readonly BatchTimes _times;
    private long _baseTimestampMs;
    private int _count;

    private BatchRewrite(PooledOutput output, Compressor compressor, RecordBatchView batch)
    {
        _output = output;
        _compressor = compressor;
        _times = new BatchTimes(batch);
    }

    public readonly bool IsDone => _output.ExceedsLimit;

    /// <summary>The new batch, or null when it would be larger than <paramref name="sizeMax"/>.</summary>
    /// <param name="batch">Has been walked without a fault.</param>
    /// <param name="codec">The codec to write.</param>
    /// <param name="level">Its level.</param>
    /// <param name="sizeMax">In bytes; that much and a piece more is what the rewriting takes at the most.</param>
    /// <param name="type">Of the new batch.</param>
    /// <param name="maxTimestampMs">Of the new batch.</param>
    internal static PooledOutput? Run(
        ReadOnlyMemory<byte> batch,
        CompressionType codec,
        int level,
        int sizeMax,
        TimestampType type,
        long maxTimestampMs)
    {
        using Compressor compressor = Compressor.Rent(codec);
        PooledOutput output = new(batch.Length, sizeMax);
        output.GetSpan(RecordBatchView.HeaderSize);
        output.Advance(RecordBatchView.HeaderSize);
        compressor.Start(output, level);
        BatchRewrite rewrite = new(output, compressor, new RecordBatchView(batch.Span));
        RecordWalk.Run(batch, ref rewrite);
        compressor.Finish();
        if (output.ExceedsLimit)
        {
            output.Dispose();
            return null;
        }

        rewrite.Header(new RecordBatchView(batch.Span), codec, type, maxTimestampMs).WriteTo(output.Written.Span);
        return output;
    }

    public void Begin(long timestampDelta, int offsetDelta, int tailLength)
    {
        long timestampMs = _times.Of(timestampDelta);
        if (_count == 0)
        {
            _baseTimestampMs = timestampMs;
        }

        long delta = unchecked(timestampMs - _baseTimestampMs);
        Span<byte> head = stackalloc byte[Varint.IntBytesMax + 1 + Varint.LongBytesMax + Varint.IntBytesMax];
        int at = Varint.Write(head, 1 + Varint.SizeLong(delta) + Varint.Size(_count) + tailLength);
        head[at++] = 0;
        at += Varint.WriteLong(head[at..], delta);
        at += Varint.Write(head[at..], _count);
        _compressor.Write(head[..at]);
    }

    public readonly void Tail(ReadOnlySpan<byte> piece)
    {
        if (!_output.ExceedsLimit)
        {
            _compressor.Write(piece);
        }
    }

    public void End(bool hasKey) => _count++;

    private readonly BatchHeader Header(
        RecordBatchView batch, CompressionType codec, TimestampType type, long maxTimestampMs) => new()
    {
        BaseOffset = batch.BaseOffset,
        PartitionLeaderEpoch = batch.PartitionLeaderEpoch,
        Compression = codec,
        TimestampType = type,
        IsTransactional = batch.IsTransactional,
        IsControl = batch.IsControl,
        LastOffsetDelta = _count - 1,
        BaseTimestamp = _baseTimestampMs,
        MaxTimestamp = maxTimestampMs,
        ProducerId = batch.ProducerId,
        ProducerEpoch = batch.ProducerEpoch,
        BaseSequence = batch.BaseSequence,
        RecordCount = _count,
    };
}
