namespace KLog.Broker.Storage;

/// <summary>What a <see cref="TailWindow"/> knows about a read.</summary>
/// <param name="Segment">The active segment at that moment.</param>
/// <param name="EndPosition">Bytes of it that hold offsets below <paramref name="EndOffset"/>.</param>
/// <param name="Start">The batch that holds the offset asked for; Size is 0 when the window does not know it.</param>
/// <param name="LimitPosition">Where the batch of the limit starts; -1 when the window does not know it.</param>
internal readonly record struct TailView(
    LogSegment Segment, long EndOffset, int EndPosition, BatchPlace Start, int LimitPosition);

/// <summary>
/// The end of the log, and the places of the last batches, so that a consumer that keeps up is answered without an
/// index and without reading the file. One writer (the log's writer lock), any number of readers, no lock.
/// </summary>
/// <remarks>
/// A sequence lock: the version is odd while the writer is at work, and a reader takes what it saw only when the
/// version was even and the same before and after. So a reader never gets an end offset with another append's
/// position. What the window tells was written to the file, and published as the segment's size, before it came here.
/// </remarks>
internal sealed class TailWindow
{
    private const int Capacity = 16;

    private int _version;
    private LogSegment _segment;
    private long _endOffset;
    private int _endPosition;
    private Entry[]? _entries;
    private int _newest = -1;

    internal TailWindow(LogSegment segment, long endOffset)
    {
        _segment = segment;
        _endOffset = endOffset;
        _endPosition = segment.Size;
    }

    private struct Entry
    {
        internal long BaseOffset;
        internal long NextOffset;
        internal int Position;
        internal int Size;
    }

    /// <summary>Writer. The log goes on in another segment, or at another end; what was known is forgotten.</summary>
    internal void Reset(LogSegment segment, long endOffset)
    {
        BeginWrite();
        _segment = segment;
        _endOffset = endOffset;
        _endPosition = segment.Size;
        _entries?.AsSpan().Clear();
        EndWrite();
    }

    /// <summary>Writer. The same bytes in another file.</summary>
    internal void MoveTo(LogSegment segment)
    {
        BeginWrite();
        _segment = segment;
        EndWrite();
    }

    /// <summary>Writer. To be followed by the batches that are new, in order, and <see cref="EndWrite"/>.</summary>
    internal void BeginWrite()
    {
        Volatile.Write(ref _version, _version + 1);
        Volatile.WriteBarrier();
    }

    internal void Add(long baseOffset, long nextOffset, int position, int size)
    {
        _entries ??= new Entry[Capacity];
        _newest = (_newest + 1) % Capacity;
        _entries[_newest] = new Entry
        {
            BaseOffset = baseOffset,
            NextOffset = nextOffset,
            Position = position,
            Size = size,
        };
        _endOffset = nextOffset;
        _endPosition = position + size;
    }

    internal void EndWrite() => Volatile.Write(ref _version, _version + 1);

    internal TailView Look(long offset, long limit)
    {
        SpinWait wait = default;
        while (true)
        {
            int version = Volatile.Read(ref _version);
            if ((version & 1) == 0)
            {
                TailView view = Read(offset, limit);
                Volatile.ReadBarrier();
                if (Volatile.Read(ref _version) == version)
                {
                    return view;
                }
            }

            wait.SpinOnce(sleep1Threshold: -1);
        }
    }

    private TailView Read(long offset, long limit)
    {
        BatchPlace start = default;
        int limitPosition = limit >= _endOffset ? _endPosition : -1;
        int newest = _newest;
        if (_entries is { } entries && newest >= 0)
        {
            for (int i = 0; i < Capacity; i++)
            {
                ref Entry entry = ref entries[(newest + Capacity - i) % Capacity];
                if (limit == entry.BaseOffset && entry.Size > 0)
                {
                    limitPosition = entry.Position;
                }

                if (offset >= entry.BaseOffset && offset < entry.NextOffset)
                {
                    start = new BatchPlace(entry.BaseOffset, entry.Position, entry.Size);
                }

                if (offset >= entry.BaseOffset)
                {
                    break;
                }
            }
        }

        return new TailView(_segment, _endOffset, _endPosition, start, limitPosition);
    }
}
