using static System.Buffers.Binary.BinaryPrimitives;

namespace KLog.Broker.Storage;

/// <summary>An offset, and where in its segment's file the batch lies that was indexed with it.</summary>
public readonly record struct OffsetPosition(long Offset, int Position);

/// <summary>
/// A segment's offset index: sparse, sorted, one entry for about each index.interval.bytes. An entry names the last
/// offset of an append and the position at which that append starts; so the batch that holds an offset starts at or
/// after the position of the greatest entry not above it.
/// <code>
/// 0 int32 offset, less the segment's base offset
/// 4 int32 position in the segment file, in bytes
/// </code>
/// All big-endian. Kafka preallocates the file and trims it when the segment is closed, so zeroes may follow.
/// </summary>
/// <param name="entries">Whole entries only.</param>
public readonly ref struct OffsetIndex(ReadOnlySpan<byte> entries, long baseOffset)
{
    public const int EntrySize = 8;

    private readonly ReadOnlySpan<byte> _entries = entries;

    public int Count => _entries.Length / EntrySize;

    public OffsetPosition this[int at]
    {
        get
        {
            ReadOnlySpan<byte> entry = _entries.Slice(at * EntrySize, EntrySize);
            return new OffsetPosition(baseOffset + ReadInt32BigEndian(entry), ReadInt32BigEndian(entry[4..]));
        }
    }

    public static void Write(Span<byte> entry, int relativeOffset, int position)
    {
        WriteInt32BigEndian(entry, relativeOffset);
        WriteInt32BigEndian(entry[4..], position);
    }

    /// <summary>Bytes of the entries before the zeroes of a preallocated file.</summary>
    public static int UsedLength(ReadOnlySpan<byte> file)
    {
        int count = file.Length / EntrySize;
        while (count > 0 && ReadInt64BigEndian(file[((count - 1) * EntrySize)..]) == 0)
        {
            count--;
        }

        return count * EntrySize;
    }

    /// <summary>The greatest entry that is not above the offset; the segment's start when there is none.</summary>
    public OffsetPosition Floor(long offset)
    {
        int at = FloorSlot(offset);
        return at < 0 ? new OffsetPosition(baseOffset, 0) : this[at];
    }

    /// <summary>-1 when every entry is above the offset.</summary>
    public int FloorSlot(long offset)
    {
        long relative = offset - baseOffset;
        int low = 0;
        int high = Count;
        while (low < high)
        {
            int middle = (low + high) >>> 1;
            if (ReadInt32BigEndian(_entries[(middle * EntrySize)..]) <= relative)
            {
                low = middle + 1;
            }
            else
            {
                high = middle;
            }
        }

        return low - 1;
    }

    /// <summary>Whether this can be the index of a segment of that size: what a look at its ends can tell.</summary>
    public bool IsPlausible(int segmentSize)
    {
        if (Count == 0)
        {
            return true;
        }

        OffsetPosition first = this[0];
        OffsetPosition last = this[Count - 1];
        return first.Offset >= baseOffset && first.Position >= 0
            && last.Offset >= first.Offset && last.Position >= first.Position && last.Position < segmentSize;
    }
}
