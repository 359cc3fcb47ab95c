using KLog.Broker.Storage.Files;
using KLog.Protocol.Records;

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
        IStorageFile file = File.Acquire();
        BatchScanner scanner = new(file, Indexes.FloorOffset(offset).Position, end, stackalloc byte[ScanBytes]);
        try
        {
            while (scanner.MoveNext())
            {
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

    /// <summary>The offset after the segment's last batch; its base offset when it has none.</summary>
    internal long ReadNextOffset()
    {
        IStorageFile file = File.Acquire();
        BatchScanner scanner = new(file, Indexes.FloorOffset(long.MaxValue).Position, Size, stackalloc byte[ScanBytes]);
        try
        {
            long next = BaseOffset;
            while (scanner.MoveNext())
            {
                next = scanner.LastOffset + 1;
            }

            return next;
        }
        finally
        {
            scanner.Dispose();
            File.Release();
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
