using System.Numerics;
using System.Runtime.CompilerServices;

namespace KLog.Protocol.Records;

/// <summary>
/// The signed integers inside a record: zigzag (0, -1, 1, -2, … become 0, 1, 2, 3, …), then seven bits a byte, the
/// lowest first, with the top bit set on every byte but the last. At most 5 bytes for an int, 10 for a long.
/// </summary>
public static class Varint
{
    public const int IntBytesMax = 5;

    public const int LongBytesMax = 10;

    /// <summary>
    /// Reads an int at <paramref name="at"/> and moves behind it. False, with <paramref name="at"/> somewhere in it,
    /// when the bytes end before it does or it is longer than <see cref="IntBytesMax"/>.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool TryRead(ReadOnlySpan<byte> bytes, ref int at, out int value)
    {
        if ((uint)at < (uint)bytes.Length && bytes[at] < 0x80)
        {
            int single = bytes[at++];
            value = (single >>> 1) ^ -(single & 1);
            return true;
        }

        return TryReadLonger(bytes, ref at, out value);
    }

    /// <summary>As <see cref="TryRead"/>, for a long.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool TryReadLong(ReadOnlySpan<byte> bytes, ref int at, out long value)
    {
        if ((uint)at < (uint)bytes.Length && bytes[at] < 0x80)
        {
            int single = bytes[at++];
            value = (single >>> 1) ^ -(single & 1);
            return true;
        }

        return TryReadLonger(bytes, ref at, out value);
    }

    /// <summary>Writes the value at the start of the span; the number of bytes.</summary>
    public static int Write(Span<byte> into, int value) => WriteUnsigned(into, (uint)((value << 1) ^ (value >> 31)));

    /// <summary>As <see cref="Write"/>, for a long.</summary>
    public static int WriteLong(Span<byte> into, long value) => WriteUnsigned(into, (ulong)((value << 1) ^ (value >> 63)));

    public static int Size(int value) => SizeUnsigned((uint)((value << 1) ^ (value >> 31)));

    public static int SizeLong(long value) => SizeUnsigned((ulong)((value << 1) ^ (value >> 63)));

    private static bool TryReadLonger(ReadOnlySpan<byte> bytes, ref int at, out int value)
    {
        // Bits beyond the 32nd are dropped, as Kafka does.
        bool read = TryReadUnsigned(bytes, ref at, IntBytesMax, out ulong raw);
        uint low = (uint)raw;
        value = (int)(low >> 1) ^ -(int)(low & 1);
        return read;
    }

    private static bool TryReadLonger(ReadOnlySpan<byte> bytes, ref int at, out long value)
    {
        bool read = TryReadUnsigned(bytes, ref at, LongBytesMax, out ulong raw);
        value = (long)(raw >> 1) ^ -(long)(raw & 1);
        return read;
    }

    private static bool TryReadUnsigned(ReadOnlySpan<byte> bytes, ref int at, int bytesMax, out ulong raw)
    {
        raw = 0;
        for (int i = 0; i < bytesMax && (uint)at < (uint)bytes.Length; i++)
        {
            byte b = bytes[at++];
            raw |= (ulong)(b & 0x7f) << (7 * i);
            if (b < 0x80)
            {
                return true;
            }
        }

        return false;
    }

    private static int WriteUnsigned(Span<byte> into, ulong value)
    {
        int at = 0;
        while (value >= 0x80)
        {
            into[at++] = (byte)(value | 0x80);
            value >>= 7;
        }

        into[at++] = (byte)value;
        return at;
    }

    private static int SizeUnsigned(ulong value) =>
        ((63 - BitOperations.LeadingZeroCount(value | 1)) / 7) + 1;
}
