namespace KLog.Protocol.Compression;

/// <summary>
/// One block of snappy: its length decompressed, as an unsigned varint, then elements. An element's first byte:
/// <code>
/// llllll00  a literal of l+1 bytes; l of 60 to 63: the length-1 is in the next 1 to 4 bytes, little-endian
/// ooolll01  copy l+4 bytes from o*256 + the next byte back
/// llllll10  copy l+1 bytes from as far back as the next 2 bytes say
/// llllll11  … the next 4 bytes
/// </code>
/// A copy may reach into what it writes: it repeats then.
/// </summary>
internal static class SnappyBlock
{
    /// <summary>No element makes more of its bytes than a copy of 64 bytes out of 3.</summary>
    private const int ExpansionMax = 22;

    /// <summary>
    /// The length decompressed and where the elements start. False when a block of these bytes cannot be as long as
    /// it says: whoever makes room for it needs no other bound.
    /// </summary>
    internal static bool TryReadLength(ReadOnlySpan<byte> block, out int length, out int elementsAt)
    {
        ulong value = 0;
        length = 0;
        for (elementsAt = 0; elementsAt < 5 && elementsAt < block.Length;)
        {
            byte b = block[elementsAt];
            value |= (ulong)(b & 0x7f) << (7 * elementsAt++);
            if (b < 0x80)
            {
                length = (int)Math.Min(value, int.MaxValue);
                return value <= (ulong)ExpansionMax * (ulong)(block.Length - elementsAt);
            }
        }

        return false;
    }

    /// <summary>Decompresses elements into exactly <paramref name="into"/>; false when they do not fill it, or are bad.</summary>
    internal static bool TryDecode(ReadOnlySpan<byte> elements, Span<byte> into)
    {
        int at = 0;
        int written = 0;
        while (at < elements.Length)
        {
            int tag = elements[at++];
            if ((tag & 3) == 0)
            {
                if (!TryReadLiteralLength(elements, ref at, tag >> 2, out long literal)
                    || literal > elements.Length - at
                    || literal > into.Length - written)
                {
                    return false;
                }

                elements.Slice(at, (int)literal).CopyTo(into[written..]);
                at += (int)literal;
                written += (int)literal;
                continue;
            }

            if (!TryReadCopy(elements, ref at, tag, out int length, out uint back)
                || back - 1 >= (uint)written
                || length > into.Length - written)
            {
                return false;
            }

            Copy(into, written, (int)back, length);
            written += length;
        }

        return written == into.Length;
    }

    private static bool TryReadLiteralLength(ReadOnlySpan<byte> elements, ref int at, int code, out long length)
    {
        length = code + 1;
        if (code < 60)
        {
            return true;
        }

        int bytes = code - 59;
        if (bytes > elements.Length - at)
        {
            return false;
        }

        length = ReadLittleEndian(elements, ref at, bytes) + 1L;
        return true;
    }

    private static bool TryReadCopy(ReadOnlySpan<byte> elements, ref int at, int tag, out int length, out uint back)
    {
        int bytes = (tag & 3) switch { 1 => 1, 2 => 2, _ => 4 };
        if (bytes > elements.Length - at)
        {
            (length, back) = (0, 0);
            return false;
        }

        back = ReadLittleEndian(elements, ref at, bytes);
        length = (tag >> 2) + 1;
        if (bytes == 1)
        {
            length = ((tag >> 2) & 7) + 4;
            back |= (uint)(tag >> 5) << 8;
        }

        return true;
    }

    private static uint ReadLittleEndian(ReadOnlySpan<byte> elements, ref int at, int bytes)
    {
        uint value = 0;
        for (int i = 0; i < bytes; i++)
        {
            value |= (uint)elements[at++] << (8 * i);
        }

        return value;
    }

    private static void Copy(Span<byte> into, int at, int back, int length)
    {
        if (back >= length)
        {
            into.Slice(at - back, length).CopyTo(into[at..]);
            return;
        }

        // The pattern doubles with each copy.
        Span<byte> run = into.Slice(at - back, back + length);
        for (int have = back; have < run.Length; have *= 2)
        {
            int count = Math.Min(have, run.Length - have);
            run[..count].CopyTo(run[have..]);
        }
    }
}
