using static System.Buffers.Binary.BinaryPrimitives;

namespace KLog.Broker.Storage;

/// <summary>A timestamp, and the last offset of the first batch that reached it.</summary>
public readonly record struct TimestampOffset(long TimestampMs, long Offset);

/// <summary>
/// A segment's time index (KIP-33): an entry says that no record before and in the batch that ends at its offset has
/// a timestamp above its timestamp. Timestamps and offsets both grow from entry to entry.
/// <code>
/// 0 int64 timestamp, ms since 1970
/// 8 int32 offset, less the segment's base offset
/// </code>
/// All big-endian. Kafka preallocates the file and trims it when the segment is closed, so zeroes may follow.
/// </summary>
/// <param name="entries">Whole entries only.</param>
public readonly ref struct TimeIndex(ReadOnlySpan<byte> entries, long baseOffset)
{
    public const int EntrySize = 12;

    private readonly ReadOnlySpan<byte> _entries = entries;

    public int Count => _entries.Length / EntrySize;

    public TimestampOffset this[int at]
    {
        get
        {
            ReadOnlySpan<byte> entry = _entries.Slice(at * EntrySize, EntrySize);
            return new TimestampOffset(ReadInt64BigEndian(entry), baseOffset + ReadInt32BigEndian(entry[8..]));
        }
    }

    public static void Write(Span<byte> entry, long timestampMs, int relativeOffset)
    {
        WriteInt64BigEndian(entry, timestampMs);
        WriteInt32BigEndian(entry[8..], relativeOffset);
    }

    /// <summary>Bytes of the entries before the zeroes of a preallocated file.</summary>
    public static int UsedLength(ReadOnlySpan<byte> file)
    {
        int count = file.Length / EntrySize;
        while (count > 0 && file.Slice((count - 1) * EntrySize, EntrySize).IndexOfAnyExcept((byte)0) < 0)
        {
            count--;
        }

        return count * EntrySize;
    }

    /// <summary>
    /// The greatest entry whose timestamp is not above the one given: what was asked for lies after it. The segment's
    /// start, with timestamp -1, when there is none.
    /// </summary>
    public TimestampOffset Floor(long timestampMs)
    {
        int low = 0;
        int high = Count;
        while (low < high)
        {
            int middle = (low + high) >>> 1;
            if (ReadInt64BigEndian(_entries[(middle * EntrySize)..]) <= timestampMs)
            {
                low = middle + 1;
            }
            else
            {
                high = middle;
            }
        }

        return low == 0 ? None(baseOffset) : this[low - 1];
    }

    public TimestampOffset Last => Count == 0 ? None(baseOffset) : this[Count - 1];

    /// <summary>Whether this can be the time index of the segment: what a look at its ends can tell.</summary>
    public bool IsPlausible()
    {
        return Count == 0
            || (this[0].Offset >= baseOffset && Last.Offset >= this[0].Offset && Last.TimestampMs >= this[0].TimestampMs);
    }

    private static TimestampOffset None(long baseOffset) => new(-1, baseOffset);
}
