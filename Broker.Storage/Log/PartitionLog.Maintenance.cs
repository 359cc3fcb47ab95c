using KLog.Broker.Storage.Files;
using KLog.Protocol;
using Microsoft.Extensions.Logging;

namespace KLog.Broker.Storage;

public sealed partial class PartitionLog
{
    /// <summary>Starts a new segment at the log's end, unless the active one is empty.</summary>
    public void Roll()
    {
        lock (_writer)
        {
            if (!IsUnusable && _segments.Active.Size > 0)
            {
                Roll(_logEndOffset, _config);
            }
        }
    }

    /// <summary>
    /// Records below the offset are gone: they are not read any more, and segments that hold nothing else are deleted by
    /// the next retention check. Offsets that are not above the present start change nothing.
    /// </summary>
    public void AdvanceLogStart(long offset)
    {
        lock (_writer)
        {
            Invariant.Holds(offset <= _logEndOffset, "a log does not start after its end");
            RaiseLogStart(offset);
        }
    }

    /// <summary>Forgets producers that were idle for longer than this, unless they have a transaction open.</summary>
    public int ExpireProducers(long expirationMs)
    {
        lock (_writer)
        {
            return Producers.Expire(_resources.NowMs, expirationMs);
        }
    }

    /// <summary>What offset requests of version 0 get: segments' base offsets by the time of their last write, newest first.</summary>
    public IReadOnlyList<long> OffsetsBefore(long timestampMs, int maxOffsets)
    {
        List<(long Offset, long TimeMs)> known = [];
        foreach (LogSegment segment in _segments.All)
        {
            known.Add((Math.Max(segment.BaseOffset, LogStartOffset), segment.LastWriteMs));
        }

        if (_segments.Active.Size > 0)
        {
            known.Add((LogEndOffset, _resources.NowMs));
        }

        int last = timestampMs switch
        {
            ListOffsetsLatest => known.Count - 1,
            ListOffsetsEarliest => 0,
            _ => known.FindLastIndex(entry => entry.TimeMs <= timestampMs),
        };
        return [.. known.Take(last + 1).Reverse().Take(Math.Max(0, maxOffsets)).Select(entry => entry.Offset)];
    }

    /// <summary>Syncs, completes the files, and closes: a later start finds all as it is now.</summary>
    internal void CloseCleanly()
    {
        FlushTo(LogEndOffset);
        lock (_replacing)
        lock (_writer)
        {
            if (IsUnusable)
            {
                return;
            }

            LogSegment active = _segments.Active;
            TakeSnapshot();
            active.Seal();
            LeaderEpochs.Sync();
            if (!active.IsSynced)
            {
                active.Sync(withIndexes: true);
                _resources.Files.SyncIfThere(_folder.File(Producers.SnapshotOffset, PartitionFolder.SnapshotSuffix));
                _folderIsDirty = true;
            }

            SyncNames();
            Close();
        }
    }

    /// <summary>Closes without writing anything. Regions that are being sent stay open until they are disposed.</summary>
    internal void Abandon()
    {
        lock (_replacing)
        lock (_writer)
        {
            Close();
        }
    }

    /// <summary>Takes no more appends, and goes by another name, to be deleted after the delay.</summary>
    internal void MarkDeleted()
    {
        lock (_replacing)
        lock (_writer)
        {
            _isClosed = true;
            string folder = DeletedFolder.NameFor(TopicPartition);
            string path = $"{Directory.Path}/{folder}";
            _resources.Files.MoveFolder(_folder.Path, path);
            _folder.Path = path;
            _resources.Files.SyncFolder(Directory.Path);
            _background.DeleteAfter(_config.FileDeleteDelayMs, () =>
            {
                Close();
                _resources.Files.DeleteFolder(path);
            });
        }
    }

    private const long ListOffsetsLatest = -1;
    private const long ListOffsetsEarliest = -2;

    private void Close()
    {
        _isClosed = true;
        foreach (LogSegment segment in _segments.All)
        {
            segment.Close();
        }
    }

    // Under the writer lock. The new segment's file is made first: when that fails, nothing has changed.
    private void Roll(long baseOffset, LogConfig config)
    {
        LogSegment sealing = _segments.Active;
        if (sealing.Size == 0 && sealing.BaseOffset == baseOffset)
        {
            // An empty segment whose time has come; the same file goes on.
            return;
        }

        LogSegment next = LogSegment.Create(_resources, _folder, baseOffset, config);
        _folderIsDirty = true;
        try
        {
            sealing.Seal();
            Producers.EndOffset = baseOffset;
            TakeSnapshot();
        }
        catch (IOException)
        {
            // The old segment goes on. An empty file that stayed would be taken for the log's end by the next start.
            next.MarkDeleted();
            next.DeleteFiles();
            Producers.SnapshotOffset = -1;
            throw;
        }

        _segments = _segments.With(next);
        _tail.Reset(next, _logEndOffset);
        _background.FlushSoon(this);
    }

    // Under the writer lock. Not synced here: a snapshot that a power cut spoils is found by its CRC, and the one
    // before it is taken instead.
    private void TakeSnapshot()
    {
        if (Producers.EndOffset > Producers.SnapshotOffset)
        {
            string path = _folder.File(Producers.EndOffset, PartitionFolder.SnapshotSuffix);
            _resources.Files.WriteWhole(path, ProducerSnapshotFile.Encode(Producers.Copy()), sync: false);
            Producers.SnapshotOffset = Producers.EndOffset;
        }
    }

    private void RaiseLogStart(long offset)
    {
        if (offset <= _logStartOffset)
        {
            return;
        }

        Volatile.Write(ref _logStartOffset, offset);
        if (HighWatermark < offset)
        {
            Volatile.Write(ref _highWatermark, offset);
        }

        LeaderEpochs.TruncateFromStart(offset);
    }
}
