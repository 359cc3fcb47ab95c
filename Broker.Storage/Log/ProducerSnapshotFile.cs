using KLog.Protocol.Records;
using static System.Buffers.Binary.BinaryPrimitives;

namespace KLog.Broker.Storage;

/// <summary>
/// The producers of a partition as of an offset, which the file is called by.
/// <code>
///  0 int16  version (1)
///  2 uint32 CRC-32C of [6, end)
///  6 int32  count, and as often:
///      0 int64 producer id
///      8 int16 epoch
///     10 int32 last sequence, -1 for none
///     14 int64 last offset, -1 for none
///     22 int32 offset delta: last offset less first, of the last batch
///     26 int64 timestamp of the last batch or marker
///     34 int32 coordinator epoch
///     38 int64 first offset of the open transaction, -1 for none
/// </code>
/// </summary>
internal static class ProducerSnapshotFile
{
    private const short Version = 1;
    private const int HeaderSize = 10;
    private const int CrcStart = 6;
    private const int EntrySize = 46;

    internal static byte[] Encode(IReadOnlyCollection<ProducerState> producers)
    {
        byte[] file = new byte[HeaderSize + (producers.Count * EntrySize)];
        WriteInt16BigEndian(file, Version);
        WriteInt32BigEndian(file.AsSpan(CrcStart), producers.Count);
        Span<byte> rest = file.AsSpan(HeaderSize);
        foreach (ProducerState producer in producers)
        {
            WriteInt64BigEndian(rest, producer.ProducerId);
            WriteInt16BigEndian(rest[8..], producer.Epoch);
            WriteInt32BigEndian(rest[10..], producer.LastSequence);
            WriteInt64BigEndian(rest[14..], producer.LastOffset);
            WriteInt32BigEndian(rest[22..], producer.HasBatches ? producer.LastBatch.OffsetDelta : 0);
            WriteInt64BigEndian(rest[26..], producer.LastTimestampMs);
            WriteInt32BigEndian(rest[34..], producer.CoordinatorEpoch);
            WriteInt64BigEndian(rest[38..], producer.TransactionFirstOffset);
            rest = rest[EntrySize..];
        }

        WriteUInt32BigEndian(file.AsSpan(2), Crc32C.Compute(file.AsSpan(CrcStart)));
        return file;
    }

    /// <summary>Null when the file is not what it should be, down to a bit.</summary>
    internal static List<ProducerState>? Decode(ReadOnlySpan<byte> file)
    {
        if (file.Length < HeaderSize
            || ReadInt16BigEndian(file) != Version
            || ReadUInt32BigEndian(file[2..]) != Crc32C.Compute(file[CrcStart..])
            || ReadInt32BigEndian(file[CrcStart..]) != (file.Length - HeaderSize) / EntrySize)
        {
            return null;
        }

        List<ProducerState> producers = [];
        for (ReadOnlySpan<byte> rest = file[HeaderSize..]; rest.Length >= EntrySize; rest = rest[EntrySize..])
        {
            long lastOffset = ReadInt64BigEndian(rest[14..]);
            long timestamp = ReadInt64BigEndian(rest[26..]);
            producers.Add(ProducerState.Restored(
                ReadInt64BigEndian(rest),
                ReadInt16BigEndian(rest[8..]),
                ReadInt32BigEndian(rest[34..]),
                timestamp,
                ReadInt64BigEndian(rest[38..]),
                lastOffset < 0
                    ? null
                    : new AppendedBatch(lastOffset, timestamp, ReadInt32BigEndian(rest[10..]), ReadInt32BigEndian(rest[22..]))));
        }

        return producers;
    }
}
