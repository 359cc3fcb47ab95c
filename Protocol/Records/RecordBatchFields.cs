using static System.Buffers.Binary.BinaryPrimitives;

namespace KLog.Protocol.Records;

/// <summary>
/// Writes single fields of a batch in place. The base offset and the leader epoch lie before what the CRC covers;
/// every other writer here computes the CRC anew, and so needs the whole batch.
/// </summary>
public static class RecordBatchFields
{
    public static void SetBaseOffset(Span<byte> batch, long offset) =>
        WriteInt64BigEndian(batch[BatchLayout.BaseOffset..], offset);

    /// <summary>Sets the base offset so that the last record has the offset given.</summary>
    public static void SetLastOffset(Span<byte> batch, long offset) =>
        SetBaseOffset(batch, offset - new RecordBatchView(batch).LastOffsetDelta);

    public static void SetPartitionLeaderEpoch(Span<byte> batch, int epoch) =>
        WriteInt32BigEndian(batch[BatchLayout.PartitionLeaderEpoch..], epoch);

    /// <summary>Nothing is written, and no CRC computed, when the batch says the same already.</summary>
    public static void SetMaxTimestampAndType(Span<byte> batch, long maxTimestampMs, TimestampType type)
    {
        RecordBatchView view = new(batch);
        if (view.MaxTimestamp == maxTimestampMs && view.TimestampType == type)
        {
            return;
        }

        WriteInt64BigEndian(batch[BatchLayout.MaxTimestamp..], maxTimestampMs);
        byte others = (byte)(batch[BatchLayout.Attributes + 1] & ~BatchLayout.LogAppendTimeFlag);
        batch[BatchLayout.Attributes + 1] =
            (byte)(others | (type == TimestampType.LogAppendTime ? BatchLayout.LogAppendTimeFlag : 0));
        SetCrc(batch);
    }

    public static void SetProducer(Span<byte> batch, long producerId, short epoch, int baseSequence)
    {
        WriteInt64BigEndian(batch[BatchLayout.ProducerId..], producerId);
        WriteInt16BigEndian(batch[BatchLayout.ProducerEpoch..], epoch);
        WriteInt32BigEndian(batch[BatchLayout.BaseSequence..], baseSequence);
        SetCrc(batch);
    }

    public static void SetCrc(Span<byte> batch) =>
        WriteUInt32BigEndian(
            batch[BatchLayout.Crc..],
            Crc32C.Compute(batch[BatchLayout.Attributes..new RecordBatchView(batch).SizeInBytes]));
}
