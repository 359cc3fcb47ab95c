namespace KLog.Broker.Storage;

/// <summary>
/// A log's segments by base offset; never empty once a log is open. Immutable: the log publishes a new list when it
/// changes, and a reader keeps the one that it took.
/// </summary>
internal sealed class SegmentList
{
    private readonly LogSegment[] _segments;

    internal SegmentList(IEnumerable<LogSegment> ascending)
    {
        _segments = [.. ascending];
        for (int i = 1; i < _segments.Length; i++)
        {
            Protocol.Invariant.Holds(_segments[i - 1].BaseOffset < _segments[i].BaseOffset, "segments are in order");
        }
    }

    internal int Count => _segments.Length;

    internal ReadOnlySpan<LogSegment> All => _segments;

    internal LogSegment this[int at] => _segments[at];

    internal LogSegment Active => _segments[^1];

    /// <summary>The place of the segment that holds the offset, if any does; -1 when it lies before all.</summary>
    internal int FloorIndex(long offset)
    {
        if (_segments[^1].BaseOffset <= offset)
        {
            return _segments.Length - 1;
        }

        int low = 0;
        int high = _segments.Length;
        while (low < high)
        {
            int middle = (low + high) >>> 1;
            if (_segments[middle].BaseOffset <= offset)
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

    internal SegmentList With(LogSegment last) => new([.. _segments, last]);

    internal SegmentList Without(int first) => new(_segments[first..]);

    internal long SizeInBytes
    {
        get
        {
            long size = 0;
            foreach (LogSegment segment in _segments)
            {
                size += segment.Size;
            }

            return size;
        }
    }
}
