using System.Buffers.Binary;
using KLog.Protocol.Records;

namespace KLog.Bench.Throughput.Load;

/// <summary>
/// One ready-made record batch that is sent over and over. It is encoded here, not by the product's own builder, so that
/// what the broker checks was not made by its own code. Records have no headers.
/// <code>
/// int64 base offset 0 | int32 length | int32 leader epoch 0 | int8 magic 2 | uint32 CRC-32C of all that follows
/// int16 attributes (codec) | int32 last offset delta | int64 base time | int64 max time
/// int64 producer id -1 | int16 producer epoch -1 | int32 base sequence -1 | int32 record count | records…
/// </code>
/// </summary>
internal sealed class BatchTemplate
{
    internal const int HeaderSize = 61;
    internal const int LengthAt = 8;
    internal const int LastOffsetDeltaAt = 23;
    internal const int RecordCountAt = 57;
    private const int ChecksumAt = 17;
    private const int AttributesAt = 21;

    /// <param name="records">How many.</param>
    /// <param name="valueBytes">Bytes of each value.</param>
    /// <param name="codec">Of the records.</param>
    /// <param name="timestampMs">Of all records.</param>
    /// <param name="keyBytes">Bytes of each key, all zero; 0 for none.</param>
    internal BatchTemplate(int records, int valueBytes, CompressionType codec, long timestampMs, int keyBytes = 0)
    {
        Records = records;
        ValueBytes = valueBytes;
        byte[] body = BatchCodec.Compress(EncodeRecords(records, valueBytes, keyBytes), codec);
        Bytes = new byte[HeaderSize + body.Length];
        body.CopyTo(Bytes, HeaderSize);
        Span<byte> header = Bytes;
        BinaryPrimitives.WriteInt32BigEndian(header[LengthAt..], Bytes.Length - 12);
        header[16] = 2;
        BinaryPrimitives.WriteInt16BigEndian(header[AttributesAt..], (short)codec);
        BinaryPrimitives.WriteInt32BigEndian(header[LastOffsetDeltaAt..], records - 1);
        BinaryPrimitives.WriteInt64BigEndian(header[27..], timestampMs);
        BinaryPrimitives.WriteInt64BigEndian(header[35..], timestampMs);
        header[43..57].Fill(0xff);
        BinaryPrimitives.WriteInt32BigEndian(header[RecordCountAt..], records);
        Seal();
    }

    internal int Records { get; }

    /// <summary>Bytes of a record's value.</summary>
    internal int ValueBytes { get; }

    internal byte[] Bytes { get; }

    /// <summary>Where each record's key is in <see cref="Bytes"/>, if nothing is compressed; empty when there are none.</summary>
    internal List<int> KeysAt { get; } = [];

    /// <summary>Makes the checksum right again after records were changed in place.</summary>
    internal void Seal() => BinaryPrimitives.WriteUInt32BigEndian(
        Bytes.AsSpan(ChecksumAt), Crc32C.Compute(Bytes.AsSpan(AttributesAt)));

    private byte[] EncodeRecords(int records, int valueBytes, int keyBytes)
    {
        using MemoryStream all = new();
        for (int i = 0; i < records; i++)
        {
            using MemoryStream record = new();
            record.WriteByte(0);                       // attributes
            WriteVarint(record, 0);                    // timestamp delta
            WriteVarint(record, i);                    // offset delta
            WriteVarint(record, keyBytes > 0 ? keyBytes : -1);
            int keyAt = (int)record.Length;
            record.Write(new byte[keyBytes]);
            WriteVarint(record, valueBytes);
            record.Write(Payload.Value(i, valueBytes));
            WriteVarint(record, 0);                    // headers
            WriteVarint(all, record.Length);
            if (keyBytes > 0)
            {
                KeysAt.Add(HeaderSize + (int)all.Length + keyAt);
            }

            record.WriteTo(all);
        }

        return all.ToArray();
    }

    private static void WriteVarint(MemoryStream stream, long value)
    {
        ulong zigzag = (ulong)((value << 1) ^ (value >> 63));
        for (; zigzag > 0x7f; zigzag >>= 7)
        {
            stream.WriteByte((byte)(zigzag | 0x80));
        }

        stream.WriteByte((byte)zigzag);
    }
}
