using KLog.Broker.Storage.Files;
using KLog.Protocol.Records;
using Microsoft.Extensions.Logging;

namespace KLog.Broker.Storage;

internal sealed partial class LogSegment
{
    /// <summary>What a header scan reads at a time.</summary>
    private const int ScanBytes = 4096;

    /// <summary>Whether <see cref="TryFind"/> is not going to wait for the disk: the indexes are there, and so is what they point at.</summary>
    internal bool CanFindAtOnce(long offset)
    {
        if (!_indexesAreChecked)
        {
            return false;
        }

        IStorageFile file = File.Acquire();
        try
        {
            return file.IsCached(Indexes.FloorOffset(offset).Position, ScanBytes);
        }
        finally
        {
            File.Release();
        }
    }

    /// <summary>The first batch that ends at or after the offset, and starts before that position.</summary>
    internal bool TryFind(long offset, int end, out BatchPlace place)
    {
        CheckIndexes();
        OffsetPosition indexed = Indexes.FloorOffset(offset);
        if (Search(offset, indexed, end, out place, out bool isMisled) || !isMisled)
        {
            return place.Size > 0;
        }

        OnWrongIndex();
        return Search(offset, new OffsetPosition(BaseOffset, 0), end, out place, out _);
    }

    /// <summary>Where the first batch starts that ends at or after the offset; the segment's end when there is none.</summary>
    internal int PositionOf(long offset) => TryFind(offset, Size, out BatchPlace place) ? place.Position : Size;

    /// <param name="isMisled">Where the index points, no batch starts, or not the one that it names.</param>
    private bool Search(long offset, OffsetPosition from, int end, out BatchPlace place, out bool isMisled)
    {
        isMisled = from.Position > 0;
        IStorageFile file = File.Acquire();
        BatchScanner scanner = new(file, from.Position, end, stackalloc byte[ScanBytes]);
        try
        {
            while (scanner.MoveNext())
            {
                if (isMisled && (scanner.BaseOffset > from.Offset || scanner.BaseOffset < BaseOffset))
                {
                    break;
                }

                isMisled = false;
                if (scanner.LastOffset >= offset)
                {
                    place = new BatchPlace(scanner.BaseOffset, scanner.Position, scanner.BatchSize);
                    return true;
                }
            }

            place = default;
            return false;
        }
        finally
        {
            scanner.Dispose();
            File.Release();
        }
    }

    /// <summary>
    /// The offset after the segment's last batch; its base offset when it has none. False when its batches do not end where
    /// its file does. Before others use the segment: a wrong index is made anew.
    /// </summary>
    internal bool TryReadNextOffset(out long next)
    {
        OffsetPosition last = Indexes.FloorOffset(long.MaxValue);
        if (TryReadNextOffset(last, out next))
        {
            return true;
        }

        if (last.Position == 0 || !TryReadNextOffset(new OffsetPosition(BaseOffset, 0), out next))
        {
            return false;
        }

        OnWrongIndex();
        return true;
    }

    private bool TryReadNextOffset(OffsetPosition from, out long next)
    {
        IStorageFile file = File.Acquire();
        BatchScanner scanner = new(file, from.Position, Size, stackalloc byte[ScanBytes]);
        try
        {
            next = BaseOffset;
            while (scanner.MoveNext() && scanner.BaseOffset >= next && scanner.LastOffset >= scanner.BaseOffset)
            {
                next = scanner.LastOffset + 1;
            }

            return scanner.Position + scanner.BatchSize == Size && (from.Position == 0 || next > from.Offset);
        }
        finally
        {
            scanner.Dispose();
            File.Release();
        }
    }

    // Of the active segment the entries in memory cannot be wrong, and those in the file are left: searches go by the batches.
    private void OnWrongIndex()
    {
        lock (_checking)
        {
            if (_hasWrongIndex)
            {
                return;
            }

            _hasWrongIndex = true;
            _resources.Logger.LogWarning("{Path}: the index does not fit the segment, and is not used", File.Path);
            if (!Indexes.IsGrowing)
            {
                RebuildIndexes(LogConfig.Default.IndexIntervalBytes);
            }
        }
    }

    private long ReadFirstTimestamp()
    {
        IStorageFile file = File.Acquire();
        BatchScanner scanner = new(file, 0, Size, stackalloc byte[RecordBatchView.HeaderSize]);
        try
        {
            return scanner.MoveNext() ? scanner.MaxTimestamp : RecordBatchView.NoTimestamp;
        }
        finally
        {
            scanner.Dispose();
            File.Release();
        }
    }
}
