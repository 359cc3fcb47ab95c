using System.IO.Compression;
using KLog.Protocol.Records;
using static System.Buffers.Binary.BinaryPrimitives;

namespace KLog.Broker.Storage.Tests.Validation;

/// <summary>A batch whose every header field can be wrong, with a CRC that is right unless it is told otherwise.</summary>
internal sealed record RawBatch
{
    internal const long NowMs = 1_700_000_000_000;

    internal static readonly byte[] One = Record();

    internal byte[] Body { get; init; } = One;

    internal int Count { get; init; } = 1;

    internal int? LastOffsetDelta { get; init; }

    internal int Attributes { get; init; }

    internal long BaseOffset { get; init; }

    internal int? Length { get; init; }

    internal int Magic { get; init; } = 2;

    internal uint? Crc { get; init; }

    internal long BaseTimestamp { get; init; } = NowMs;

    internal long MaxTimestamp { get; init; } = NowMs;

    internal long ProducerId { get; init; } = -1;

    internal short ProducerEpoch { get; init; } = -1;

    internal int BaseSequence { get; init; } = -1;

    internal byte[] ToArray()
    {
        byte[] batch = new byte[61 + Body.Length];
        WriteInt64BigEndian(batch, BaseOffset);
        WriteInt32BigEndian(batch.AsSpan(8), Length ?? (batch.Length - 12));
        WriteInt32BigEndian(batch.AsSpan(12), -1);
        batch[16] = (byte)Magic;
        WriteInt16BigEndian(batch.AsSpan(21), (short)Attributes);
        WriteInt32BigEndian(batch.AsSpan(23), LastOffsetDelta ?? (Count - 1));
        WriteInt64BigEndian(batch.AsSpan(27), BaseTimestamp);
        WriteInt64BigEndian(batch.AsSpan(35), MaxTimestamp);
        WriteInt64BigEndian(batch.AsSpan(43), ProducerId);
        WriteInt16BigEndian(batch.AsSpan(51), ProducerEpoch);
        WriteInt32BigEndian(batch.AsSpan(53), BaseSequence);
        WriteInt32BigEndian(batch.AsSpan(57), Count);
        Body.CopyTo(batch, 61);
        WriteUInt32BigEndian(batch.AsSpan(17), Crc ?? Crc32C.Compute(batch.AsSpan(21)));
        return batch;
    }

    /// <param name="offsetDelta">The offset's distance.</param>
    /// <param name="timestampDelta">The timestamp's.</param>
    /// <param name="key">-1: null; else so many bytes.</param>
    /// <param name="lengthOff">What is added to the record's length.</param>
    /// <param name="headers">The header count and what follows it.</param>
    internal static byte[] Record(
        int offsetDelta = 0, long timestampDelta = 0, int key = 1, int lengthOff = 0, string headers = "00")
    {
        byte[] body =
        [
            0,
            .. Long(timestampDelta),
            .. Long(offsetDelta),
            .. Long(key),
            .. new byte[Math.Max(key, 0)],
            .. Long(1),
            (byte)'v',
            .. Convert.FromHexString(headers),
        ];
        return [.. Long(body.Length + lengthOff), .. body];
    }

    internal static byte[] Records(int count, int key = 1) =>
        [.. Enumerable.Range(0, count).SelectMany(i => Record(i, key: key))];

    internal static byte[] Gzip(byte[] content)
    {
        using MemoryStream compressed = new();
        using (GZipStream gzip = new(compressed, CompressionMode.Compress))
        {
            gzip.Write(content);
        }

        return compressed.ToArray();
    }

    private static byte[] Long(long value)
    {
        byte[] bytes = new byte[Varint.LongBytesMax];
        return bytes[..Varint.WriteLong(bytes, value)];
    }
}
