using KLog.Protocol.Compression;
using KLog.Protocol.Records;
using static System.Buffers.Binary.BinaryPrimitives;

namespace KLog.Broker.Storage.Inspection;

/// <summary>A message of before KIP-98.</summary>
/// <param name="TimestampMs">-1 in magic 0, which has none.</param>
/// <param name="Key">Null is not the same as empty.</param>
internal readonly record struct OldMessage(long Offset, long TimestampMs, ReadOnlyMemory<byte>? Key, ReadOnlyMemory<byte>? Value);

/// <summary>
/// Reads message sets of magic 0 and 1.
/// <code>
///  0 int64  offset; of a message that holds others, the last one's
///  8 int32  size: the bytes after this field
/// 12 uint32 CRC-32 of [16, end)
/// 16 int8   magic
/// 17 int8   attributes: bits 0-2 codec, 3 log append time (magic 1)
/// 18 int64  timestamp (magic 1 only)
///    int32  key length, or -1; key
///    int32  value length, or -1; value: with a codec, a message set that is compressed as a whole
/// </code>
/// The offsets of the messages inside are absolute in magic 0; in magic 1 they count from 0.
/// </summary>
internal static class OldMessages
{
    private const int Overhead = 12;
    private const int MagicAt = 16;
    private const int AttributesAt = 17;
    private const int BodyAt = 18;

    /// <summary>More than any message set had: sets are read whole.</summary>
    private const int ContentBytesMax = 256 << 20;

    internal delegate void OnMessage(in OldMessage message);

    /// <summary>Gives each message that the outer one holds, or is; false when they are not whole.</summary>
    /// <exception cref="CorruptCompressionException">The value is not what its codec wrote.</exception>
    internal static bool Walk(ReadOnlyMemory<byte> message, OnMessage give)
    {
        if (!TryRead(message, out OldMessage outer, out CompressionType codec))
        {
            return false;
        }

        if (codec == CompressionType.None)
        {
            give(outer);
            return true;
        }

        ReadOnlyMemory<byte> content = Decompress(codec, outer.Value ?? default, isMagic0: message.Span[MagicAt] == 0);
        bool isRelative = message.Span[MagicAt] == 1;
        bool isAppendTime = isRelative && (message.Span[AttributesAt] & 0x08) != 0;
        List<OldMessage> inner = [];
        for (int size; !content.IsEmpty; content = content[size..])
        {
            size = content.Length < Overhead ? int.MaxValue : ReadInt32BigEndian(content.Span[8..]) + Overhead;
            if (size < Overhead || size > content.Length || !TryRead(content[..size], out OldMessage each, out _))
            {
                return false;
            }

            inner.Add(each);
        }

        long base0 = isRelative && inner.Count > 0 ? outer.Offset - inner[^1].Offset : 0;
        foreach (OldMessage each in inner)
        {
            give(each with { Offset = base0 + each.Offset, TimestampMs = isAppendTime ? outer.TimestampMs : each.TimestampMs });
        }

        return true;
    }

    private static bool TryRead(ReadOnlyMemory<byte> bytes, out OldMessage message, out CompressionType codec)
    {
        ReadOnlySpan<byte> span = bytes.Span;
        (message, codec) = (default, default);
        if (span.Length < BodyAt || span[MagicAt] > 1)
        {
            return false;
        }

        codec = (CompressionType)(span[AttributesAt] & 0x07);
        int at = BodyAt;
        long timestampMs = -1;
        if (span[MagicAt] == 1)
        {
            at += sizeof(long);
            if (span.Length < at)
            {
                return false;
            }

            timestampMs = ReadInt64BigEndian(span[BodyAt..]);
        }

        bool isWhole = TrySlice(bytes, ref at, out ReadOnlyMemory<byte>? key) & TrySlice(bytes, ref at, out ReadOnlyMemory<byte>? value);
        message = new OldMessage(ReadInt64BigEndian(span), timestampMs, key, value);
        return isWhole && at == span.Length && codec <= CompressionType.Lz4;
    }

    private static bool TrySlice(ReadOnlyMemory<byte> bytes, ref int at, out ReadOnlyMemory<byte>? slice)
    {
        slice = null;
        if (at > bytes.Length - sizeof(int))
        {
            return false;
        }

        int length = ReadInt32BigEndian(bytes.Span[at..]);
        at += sizeof(int);
        if (length < 0)
        {
            return length == -1;
        }

        if (length > bytes.Length - at)
        {
            return false;
        }

        slice = bytes.Slice(at, length);
        at += length;
        return true;
    }

    private static ReadOnlyMemory<byte> Decompress(CompressionType codec, ReadOnlyMemory<byte> value, bool isMagic0)
    {
        if (codec == CompressionType.Lz4 && isMagic0)
        {
            value = Lz4FrameRepair.WithRightChecksum(value);
        }

        using Decompressor decompressor = Decompressor.Rent(codec);
        using PooledOutput content = new(capacity: 4 * value.Length, limit: ContentBytesMax);
        decompressor.Start(value);
        for (int read = 1; read > 0;)
        {
            Span<byte> into = content.GetSpan(4096);
            read = decompressor.Read(into);
            content.Advance(read);
            if (content.ExceedsLimit)
            {
                throw new CorruptCompressionException("the messages decompress to more than 256 MiB");
            }
        }

        return content.Written.ToArray();
    }
}
