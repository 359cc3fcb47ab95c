using static System.Buffers.Binary.BinaryPrimitives;

namespace KLog.Protocol.Records;

/// <summary>What goes into the header of a batch that is made here; <see cref="RecordBatchView"/> says what each is.</summary>
public readonly record struct BatchHeader()
{
    public long BaseOffset { get; init; }

    public int PartitionLeaderEpoch { get; init; } = RecordBatchView.NoPartitionLeaderEpoch;

    public CompressionType Compression { get; init; }

    public TimestampType TimestampType { get; init; }

    public bool IsTransactional { get; init; }

    public bool IsControl { get; init; }

    public bool HasDeleteHorizon { get; init; }

    public int LastOffsetDelta { get; init; }

    public long BaseTimestamp { get; init; }

    public long MaxTimestamp { get; init; } = RecordBatchView.NoTimestamp;

    public long ProducerId { get; init; } = RecordBatchView.NoProducerId;

    public short ProducerEpoch { get; init; } = RecordBatchView.NoProducerEpoch;

    public int BaseSequence { get; init; } = RecordBatchView.NoSequence;

    public int RecordCount { get; init; }

    /// <summary>Writes the header before a body that is there already, with the length and the CRC of the whole.</summary>
    public void WriteTo(Span<byte> batch)
    {
        int attributes = (int)Compression
            | (TimestampType == TimestampType.LogAppendTime ? BatchLayout.LogAppendTimeFlag : 0)
            | (IsTransactional ? BatchLayout.TransactionalFlag : 0)
            | (IsControl ? BatchLayout.ControlFlag : 0)
            | (HasDeleteHorizon ? BatchLayout.DeleteHorizonFlag : 0);
        WriteInt64BigEndian(batch[BatchLayout.BaseOffset..], BaseOffset);
        WriteInt32BigEndian(batch[BatchLayout.BatchLength..], batch.Length - RecordBatchView.LogOverhead);
        WriteInt32BigEndian(batch[BatchLayout.PartitionLeaderEpoch..], PartitionLeaderEpoch);
        batch[BatchLayout.Magic] = (byte)RecordBatchView.MagicV2;
        WriteInt16BigEndian(batch[BatchLayout.Attributes..], (short)attributes);
        WriteInt32BigEndian(batch[BatchLayout.LastOffsetDelta..], LastOffsetDelta);
        WriteInt64BigEndian(batch[BatchLayout.BaseTimestamp..], BaseTimestamp);
        WriteInt64BigEndian(batch[BatchLayout.MaxTimestamp..], MaxTimestamp);
        WriteInt64BigEndian(batch[BatchLayout.ProducerId..], ProducerId);
        WriteInt16BigEndian(batch[BatchLayout.ProducerEpoch..], ProducerEpoch);
        WriteInt32BigEndian(batch[BatchLayout.BaseSequence..], BaseSequence);
        WriteInt32BigEndian(batch[BatchLayout.RecordCount..], RecordCount);
        RecordBatchFields.SetCrc(batch);
    }
}
