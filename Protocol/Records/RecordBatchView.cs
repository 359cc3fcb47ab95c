using static System.Buffers.Binary.BinaryPrimitives;

namespace KLog.Protocol.Records;

/// <summary>
/// The header of one magic 2 record batch, read from its bytes; <see cref="BatchLayout"/> draws it.
/// Nothing is checked but the span's own length: a caller has seen <see cref="HeaderSize"/> bytes at least, and for
/// <see cref="Body"/> and <see cref="IsCrcValid"/> the whole batch (<see cref="BatchSplitter"/> gives such pieces).
/// </summary>
/// <param name="batch">Starts at the batch; what follows the batch is not looked at.</param>
public readonly ref struct RecordBatchView(ReadOnlySpan<byte> batch)
{
    public const int HeaderSize = 61;

    /// <summary>Base offset and batch length, which the batch length does not count.</summary>
    public const int LogOverhead = 12;

    public const sbyte MagicV2 = 2;

    public const long NoTimestamp = -1;

    public const long NoProducerId = -1;

    public const short NoProducerEpoch = -1;

    public const int NoSequence = -1;

    public const int NoPartitionLeaderEpoch = -1;

    private readonly ReadOnlySpan<byte> _batch = batch;

    public long BaseOffset => ReadInt64BigEndian(_batch[BatchLayout.BaseOffset..]);

    public int BatchLength => ReadInt32BigEndian(_batch[BatchLayout.BatchLength..]);

    /// <summary>Bytes of the whole batch as the header tells them.</summary>
    public int SizeInBytes => LogOverhead + BatchLength;

    public int PartitionLeaderEpoch => ReadInt32BigEndian(_batch[BatchLayout.PartitionLeaderEpoch..]);

    public sbyte Magic => (sbyte)_batch[BatchLayout.Magic];

    public uint Crc => ReadUInt32BigEndian(_batch[BatchLayout.Crc..]);

    public short Attributes => ReadInt16BigEndian(_batch[BatchLayout.Attributes..]);

    /// <summary>Numbers above <see cref="CompressionType.Zstd"/> may appear in a batch that was not validated.</summary>
    public CompressionType Compression => (CompressionType)(LowAttributes & BatchLayout.CompressionMask);

    public TimestampType TimestampType =>
        (LowAttributes & BatchLayout.LogAppendTimeFlag) != 0 ? TimestampType.LogAppendTime : TimestampType.CreateTime;

    public bool IsTransactional => (LowAttributes & BatchLayout.TransactionalFlag) != 0;

    public bool IsControl => (LowAttributes & BatchLayout.ControlFlag) != 0;

    /// <summary>The base timestamp's place holds the time from which tombstones may go (KIP-534).</summary>
    public bool HasDeleteHorizon => (LowAttributes & BatchLayout.DeleteHorizonFlag) != 0;

    public int LastOffsetDelta => ReadInt32BigEndian(_batch[BatchLayout.LastOffsetDelta..]);

    public long LastOffset => BaseOffset + LastOffsetDelta;

    /// <summary>What the records' timestamp deltas are added to, in ms since 1970, or the delete horizon.</summary>
    public long BaseTimestamp => ReadInt64BigEndian(_batch[BatchLayout.BaseTimestamp..]);

    public long MaxTimestamp => ReadInt64BigEndian(_batch[BatchLayout.MaxTimestamp..]);

    public long ProducerId => ReadInt64BigEndian(_batch[BatchLayout.ProducerId..]);

    public bool HasProducerId => ProducerId > NoProducerId;

    public short ProducerEpoch => ReadInt16BigEndian(_batch[BatchLayout.ProducerEpoch..]);

    public int BaseSequence => ReadInt32BigEndian(_batch[BatchLayout.BaseSequence..]);

    /// <summary>The sequence number of the last record; numbers start again at 0 after the largest int.</summary>
    public int LastSequence => BaseSequence == NoSequence ? NoSequence : Sequence.Add(BaseSequence, LastOffsetDelta);

    public int RecordCount => ReadInt32BigEndian(_batch[BatchLayout.RecordCount..]);

    /// <summary>The records, compressed where <see cref="Compression"/> says so.</summary>
    public ReadOnlySpan<byte> Body => _batch[HeaderSize..SizeInBytes];

    private int LowAttributes => _batch[BatchLayout.Attributes + 1];

    /// <summary>False too for a batch whose length does not fit its bytes.</summary>
    public bool IsCrcValid() =>
        SizeInBytes >= HeaderSize && SizeInBytes <= _batch.Length
        && Crc32C.Compute(_batch[BatchLayout.Attributes..SizeInBytes]) == Crc;
}
