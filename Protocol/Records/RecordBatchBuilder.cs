using System.Text;
using KLog.Protocol.Compression;

namespace KLog.Protocol.Records;

/// <summary>
/// Makes one batch: records are collected uncompressed, and compressed when the batch is built. Reusable after
/// <see cref="Clear"/>; one thread at a time; <see cref="Dispose"/> gives the buffers back.
/// </summary>
public sealed class RecordBatchBuilder : IDisposable
{
    private readonly PooledOutput _records = new(capacity: 4096);
    private readonly PooledOutput _batch = new(capacity: 4096);
    private readonly CompressionType _compression;
    private readonly int _level;
    private long _baseTimestamp;
    private long _maxTimestamp = RecordBatchView.NoTimestamp;
    private int _lastOffsetDelta = -1;

    /// <param name="compression">The codec.</param>
    /// <param name="level">One that <see cref="CompressionLevels"/> allows; null for Kafka's default.</param>
    public RecordBatchBuilder(CompressionType compression = CompressionType.None, int? level = null)
    {
        _compression = compression;
        _level = level ?? CompressionLevels.Default(compression);
    }

    public long BaseOffset { get; set; }

    public int PartitionLeaderEpoch { get; set; } = RecordBatchView.NoPartitionLeaderEpoch;

    public long ProducerId { get; set; } = RecordBatchView.NoProducerId;

    public short ProducerEpoch { get; set; } = RecordBatchView.NoProducerEpoch;

    public int BaseSequence { get; set; } = RecordBatchView.NoSequence;

    public bool IsTransactional { get; set; }

    public bool IsControl { get; set; }

    /// <summary>Makes a batch of append time: every record's time is this one. Null: each record has its own.</summary>
    public long? LogAppendTimeMs { get; set; }

    public int RecordCount { get; private set; }

    /// <summary>What the batch takes without compression.</summary>
    public int UncompressedSizeInBytes => RecordBatchView.HeaderSize + _records.Length;

    /// <summary>Adds a record at the next offset.</summary>
    public void Append(long timestampMs, byte[]? key, byte[]? value, ReadOnlySpan<RecordHeader> headers = default) =>
        AppendAt(_lastOffsetDelta + 1, timestampMs, Nullable(key), Nullable(value), headers);

    /// <summary>As above; an array that may be null is not to be converted here, it would turn into an empty memory.</summary>
    public void Append(
        long timestampMs,
        ReadOnlyMemory<byte>? key,
        ReadOnlyMemory<byte>? value,
        ReadOnlySpan<RecordHeader> headers = default) =>
        AppendAt(_lastOffsetDelta + 1, timestampMs, key, value, headers);

    /// <summary>Adds a record at an offset of its own, after those before: compacted batches have gaps.</summary>
    public void AppendAt(
        int offsetDelta,
        long timestampMs,
        ReadOnlyMemory<byte>? key,
        ReadOnlyMemory<byte>? value,
        ReadOnlySpan<RecordHeader> headers = default)
    {
        if (RecordCount == 0)
        {
            _baseTimestamp = timestampMs;
        }

        long timestampDelta = timestampMs - _baseTimestamp;
        int length = 1 + Varint.SizeLong(timestampDelta) + Varint.Size(offsetDelta) + SizeOf(key) + SizeOf(value)
            + Varint.Size(headers.Length);
        foreach (RecordHeader header in headers)
        {
            int keyLength = Encoding.UTF8.GetByteCount(header.Key);
            length += Varint.Size(keyLength) + keyLength + SizeOf(header.Value);
        }

        Span<byte> into = _records.GetSpan(Varint.IntBytesMax + length);
        int at = Varint.Write(into, length);
        into[at++] = 0;
        at += Varint.WriteLong(into[at..], timestampDelta);
        at += Varint.Write(into[at..], offsetDelta);
        at += Write(into[at..], key);
        at += Write(into[at..], value);
        at += Varint.Write(into[at..], headers.Length);
        foreach (RecordHeader header in headers)
        {
            at += Varint.Write(into[at..], Encoding.UTF8.GetByteCount(header.Key));
            at += Encoding.UTF8.GetBytes(header.Key, into[at..]);
            at += Write(into[at..], header.Value);
        }

        _records.Advance(at);
        RecordCount++;
        _lastOffsetDelta = offsetDelta;
        _maxTimestamp = Math.Max(_maxTimestamp, timestampMs);
    }

    /// <summary>The whole batch; valid until the next call of this builder.</summary>
    public Memory<byte> Build()
    {
        _batch.Clear();
        _batch.GetSpan(RecordBatchView.HeaderSize);
        _batch.Advance(RecordBatchView.HeaderSize);
        using (Compressor compressor = Compressor.Rent(_compression))
        {
            compressor.Start(_batch, _level);
            compressor.Write(_records.Written.Span);
            compressor.Finish();
        }

        Header().WriteTo(_batch.Written.Span);
        return _batch.Written;
    }

    /// <summary>As <see cref="Build"/>, into an array of its own.</summary>
    public byte[] ToArray() => Build().ToArray();

    /// <summary>Drops the records; what was set stays.</summary>
    public void Clear()
    {
        _records.Clear();
        RecordCount = 0;
        _lastOffsetDelta = -1;
        _maxTimestamp = RecordBatchView.NoTimestamp;
    }

    public void Dispose()
    {
        _records.Dispose();
        _batch.Dispose();
    }

    private BatchHeader Header() => new()
    {
        BaseOffset = BaseOffset,
        PartitionLeaderEpoch = PartitionLeaderEpoch,
        Compression = _compression,
        TimestampType = LogAppendTimeMs is null ? TimestampType.CreateTime : TimestampType.LogAppendTime,
        IsTransactional = IsTransactional,
        IsControl = IsControl,
        LastOffsetDelta = Math.Max(_lastOffsetDelta, 0),
        BaseTimestamp = _baseTimestamp,
        MaxTimestamp = LogAppendTimeMs ?? _maxTimestamp,
        ProducerId = ProducerId,
        ProducerEpoch = ProducerEpoch,
        BaseSequence = BaseSequence,
        RecordCount = RecordCount,
    };

    private static ReadOnlyMemory<byte>? Nullable(byte[]? bytes) => bytes is null ? (ReadOnlyMemory<byte>?)null : bytes;

    private static int SizeOf(ReadOnlyMemory<byte>? bytes) =>
        bytes is { } some ? Varint.Size(some.Length) + some.Length : 1;

    private static int Write(Span<byte> into, ReadOnlyMemory<byte>? bytes)
    {
        int at = Varint.Write(into, bytes?.Length ?? -1);
        if (bytes is not { } some)
        {
            return at;
        }

        some.Span.CopyTo(into[at..]);
        return at + some.Length;
    }
}
