using KLog.Broker.Storage.Files;

namespace KLog.Broker.Storage;

/// <summary>
/// A segment's files in a future folder, byte for byte as in the log's own. A sealed segment is copied once. Of the
/// active one only the records are, as far as they go, until <see cref="CompleteActive"/>. For the thread of the move,
/// which holds the log's writer lock where it says so.
/// </summary>
internal sealed class SegmentCopy(IFileSystem files, LogSegment source, FutureFolder future)
{
    /// <summary>After so many bytes the copy is synced, so that the disk's queue stays short for others.</summary>
    private const long SyncBytes = 32 << 20;

    private IStorageFile? _records;
    private long _syncedBytes;

    internal LogSegment Source => source;

    /// <summary>Bytes of records that the copy has.</summary>
    internal long CopiedBytes { get; private set; }

    internal long MissingBytes => source.Size - CopiedBytes;

    /// <summary>All of a sealed segment is copied and synced.</summary>
    internal bool IsComplete { get; private set; }

    /// <summary>Copies records up to the segment's present size, or as far as the file goes when it was cut meanwhile.</summary>
    internal void CopyRecords(byte[] buffer, Func<bool> isCancelled)
    {
        if (_records is null)
        {
            // Made when the log rolled, so it does not change.
            CopyWhole(PartitionFolder.SnapshotSuffix);
            _records = future.Open(PartitionFolder.Name(source.BaseOffset, PartitionFolder.LogSuffix));
        }

        IStorageFile from = source.File.Acquire();
        try
        {
            for (long end = source.Size; CopiedBytes < end && !isCancelled();)
            {
                int read = from.Read(buffer.AsSpan(0, (int)Math.Min(buffer.Length, end - CopiedBytes)), CopiedBytes);
                if (read == 0)
                {
                    break;
                }

                future.Write(_records, buffer.AsSpan(0, read), CopiedBytes);
                CopiedBytes += read;
                if (CopiedBytes - _syncedBytes >= SyncBytes)
                {
                    SyncRecords();
                }
            }
        }
        finally
        {
            source.File.Release();
        }

        SyncRecords();
    }

    /// <summary>The rest of a sealed segment, whose records are copied.</summary>
    internal void CompleteSealed()
    {
        source.CheckIndexes();
        CopyWhole(PartitionFolder.OffsetIndexSuffix);
        CopyWhole(PartitionFolder.TimeIndexSuffix);
        CopyWhole(PartitionFolder.TransactionIndexSuffix);
        Close();
        IsComplete = true;
    }

    /// <summary>
    /// Under the writer lock: the last records, and what belongs to them. After a crash the active segment's indexes are
    /// made anew, so no sync waits for them.
    /// </summary>
    internal void CompleteActive(byte[] buffer)
    {
        CopyRecords(buffer, static () => false);
        (byte[] offsets, byte[] times) = source.Indexes.ReadAll();
        future.WriteWhole(PartitionFolder.Name(source.BaseOffset, PartitionFolder.OffsetIndexSuffix), offsets, sync: false);
        future.WriteWhole(PartitionFolder.Name(source.BaseOffset, PartitionFolder.TimeIndexSuffix), times, sync: false);
        CopyWhole(PartitionFolder.TransactionIndexSuffix);
        Close();
    }

    /// <summary>The segment is not in the log any more.</summary>
    internal void Drop()
    {
        Close();
        foreach (string suffix in PartitionFolder.SegmentSuffixes)
        {
            future.Delete(PartitionFolder.Name(source.BaseOffset, suffix));
        }
    }

    internal void Close()
    {
        _records?.Dispose();
        _records = null;
    }

    private void SyncRecords()
    {
        if (_records is { } records && _syncedBytes < CopiedBytes)
        {
            future.Sync(records);
            _syncedBytes = CopiedBytes;
        }
    }

    private void CopyWhole(string suffix)
    {
        string path = source.PathOf(suffix);
        if (files.FileExists(path))
        {
            future.WriteWhole(PartitionFolder.Name(source.BaseOffset, suffix), files.ReadWhole(path));
        }
    }
}
