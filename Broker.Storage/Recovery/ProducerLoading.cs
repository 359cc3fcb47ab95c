using KLog.Broker.Storage.Files;
using KLog.Protocol;
using Microsoft.Extensions.Logging;

namespace KLog.Broker.Storage;

/// <summary>
/// Fills a table of producers when a log is opened: from the last snapshot that can be read, and from the batches
/// that came after it.
/// </summary>
internal sealed class ProducerLoading
{
    private readonly StorageResources _resources;
    private readonly PartitionFolder _folder;
    private readonly ProducerStateTable _table;
    private readonly long _expirationMs;
    private readonly SortedSet<long> _snapshots = [];

    internal ProducerLoading(StorageResources resources, PartitionFolder folder, ProducerStateTable table, long expirationMs)
    {
        _resources = resources;
        _folder = folder;
        _table = table;
        _expirationMs = expirationMs;
    }

    internal void FindSnapshots(IReadOnlyList<FileEntry> files)
    {
        foreach (FileEntry file in files)
        {
            long offset = PartitionFolder.BaseOffsetOf(file.Name, PartitionFolder.SnapshotSuffix);
            if (offset >= 0)
            {
                _snapshots.Add(offset);
            }
        }
    }

    /// <summary>
    /// Brings the table to the state at <paramref name="end"/>.
    /// </summary>
    /// <param name="rebuildIfMissing">
    /// Without any snapshot, the whole log is read. Not done after a clean shutdown, which would have left one.
    /// </param>
    internal void LoadUpTo(List<LogSegment> segments, long logStartOffset, long end, bool rebuildIfMissing)
    {
        long from = LoadSnapshot(end) ?? (rebuildIfMissing ? logStartOffset : end);
        for (int at = Math.Max(0, segments.FindLastIndex(segment => segment.BaseOffset <= from)); at < segments.Count; at++)
        {
            if (from < end && segments[at].BaseOffset < end)
            {
                Scan(segments[at], from, end);
            }
        }

        _table.EndOffset = end;
    }

    /// <summary>Counts the scanner's batch in.</summary>
    /// <param name="withTransactionIndex">The segment's transaction index is being made anew.</param>
    internal void Apply(ref BatchScanner scanner, LogSegment segment, bool withTransactionIndex)
    {
        if (!scanner.Header.HasProducerId)
        {
            return;
        }

        ProducerAppend append = ProducerAppend.OfThread;
        append.Reset();
        ErrorCode error = append.Apply(
            _table,
            scanner.Header.IsControl ? new(scanner.Batch()) : scanner.Header,
            AppendOrigin.Replication);
        if (error != ErrorCode.None)
        {
            return;
        }

        _table.Commit(append);
        foreach (CompletedTransaction completed in append.Completed)
        {
            if (completed.IsAborted && withTransactionIndex)
            {
                AbortedTransaction aborted = new(
                    completed.ProducerId, completed.FirstOffset, completed.LastOffset, _table.LastStableOffset(completed));
                segment.AddAborted(aborted);
            }

            _table.Complete(completed);
        }
    }

    /// <summary>
    /// Writes down what the table has come to, unless the disk is full: without it a later start only reads more.
    /// </summary>
    internal void WriteSnapshot(long offset)
    {
        try
        {
            string path = _folder.File(offset, PartitionFolder.SnapshotSuffix);
            _resources.Files.WriteWhole(path, ProducerSnapshotFile.Encode(_table.Copy()), sync: false);
            _snapshots.Add(offset);
            _table.SnapshotOffset = offset;
        }
        catch (IOException error) when (DiskError.IsDiskFull(error))
        {
            _resources.Logger.LogWarning("{Path}: no snapshot of producers at {Offset}: {Reason}", _folder.Path, offset, error.Message);
        }
    }

    /// <summary>Snapshots belong to segments, but for one at the log's end, from a clean shutdown.</summary>
    internal void DeleteStraySnapshots(List<LogSegment> segments, long end)
    {
        HashSet<long> kept = [end, .. segments.Select(segment => segment.BaseOffset)];
        foreach (long offset in _snapshots)
        {
            if (!kept.Contains(offset))
            {
                _resources.Files.DeleteFile(_folder.File(offset, PartitionFolder.SnapshotSuffix));
            }
        }
    }

    /// <summary>They tell of batches that are no more.</summary>
    internal void DeleteSnapshotsAbove(long end)
    {
        foreach (long offset in _snapshots.Where(offset => offset > end).ToList())
        {
            _snapshots.Remove(offset);
            _resources.Files.DeleteFile(_folder.File(offset, PartitionFolder.SnapshotSuffix));
        }
    }

    private long? LoadSnapshot(long end)
    {
        foreach (long offset in _snapshots.Reverse())
        {
            if (offset > end)
            {
                continue;
            }

            string path = _folder.File(offset, PartitionFolder.SnapshotSuffix);
            if (ProducerSnapshotFile.Decode(_resources.Files.ReadWhole(path)) is { } producers)
            {
                long nowMs = _resources.NowMs;
                foreach (ProducerState producer in producers)
                {
                    if (!ProducerStateTable.IsExpired(producer, nowMs, _expirationMs))
                    {
                        _table.Put(producer);
                    }
                }

                _table.SnapshotOffset = offset;
                return offset;
            }

            _resources.Logger.LogWarning("{Path} is damaged, and is not used", path);
        }

        return null;
    }

    private void Scan(LogSegment segment, long from, long end)
    {
        int position = segment.PositionOf(from);
        IStorageFile file = segment.File.Acquire();
        BatchScanner scanner = new(file, position, segment.Size, stackalloc byte[4096]);
        try
        {
            while (scanner.MoveNext() && scanner.BaseOffset < end)
            {
                // The log may start within a batch.
                if (scanner.LastOffset >= from && scanner.Magic == Protocol.Records.RecordBatchView.MagicV2)
                {
                    Apply(ref scanner, segment, withTransactionIndex: false);
                }
            }
        }
        finally
        {
            scanner.Dispose();
            segment.File.Release();
        }
    }
}
