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
    /// Returns once everything that had been appended when it was called is on the disk. Callers that wait for one
    /// another share a sync: the one that comes first syncs for all that has been appended by then.
    /// </summary>
    /// <exception cref="IOException">It is not: the folder is offline now, or it is full, and nothing was lost.</exception>
    public void Flush() => FlushTo(LogEndOffset);

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

    /// <summary>Deletes segments by the topic's retention, and those below the log's start; answers with how many.</summary>
    public int DeleteOldSegments()
    {
        // Looked up before the lock is taken: the first time it takes a look at each segment's time index.
        SegmentFacts(_segments);
        lock (_writer)
        {
            if (IsUnusable)
            {
                return 0;
            }

            SegmentList segments = _segments;
            int count = RetentionPolicy.CountDeletable(
                SegmentFacts(segments), _config, _resources.NowMs, _logStartOffset, HighWatermark, _logEndOffset);
            if (count == 0)
            {
                return 0;
            }

            if (count == segments.Count)
            {
                Roll(_logEndOffset, _config);
            }

            DeleteFirstSegments(count);
            return count;
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

    /// <summary>Syncs what was rolled off; the active segment is left alone.</summary>
    internal void FlushSealed() => FlushTo(_segments.Active.BaseOffset, sealedOnly: true);

    private void FlushTo(long offset, bool sealedOnly = false)
    {
        lock (_flushing)
        {
            if ((RecoveryPoint >= offset && IsSealedSynced) || _isClosed)
            {
                return;
            }

            if (Directory.IsOffline)
            {
                throw new IOException($"The folder {Directory.Path} is offline: {Directory.OfflineReason}");
            }

            long end = sealedOnly ? offset : LogEndOffset;
            SegmentList segments = _segments;
            SyncEpochs();
            try
            {
                Sync(segments, end);
            }
            catch (IOException) when (_isClosed)
            {
                // The topic is deleted meanwhile, and its folder has another name: no fault of the disk.
            }
            catch (IOException error)
            {
                // What a failed sync has lost is not known, so it is not tried again as if it had not happened.
                Directory.Fail(error);
                throw;
            }

            _lastFlushMs = _resources.NowMs;
            Volatile.Write(ref _recoveryPoint, end);
        }
    }

    internal bool IsFlushDue(long nowMs) =>
        RecoveryPoint < LogEndOffset && nowMs - Volatile.Read(ref _lastFlushMs) >= _config.FlushMs;

    /// <summary>Syncs, completes the files, and closes: a later start finds all as it is now.</summary>
    internal void CloseCleanly()
    {
        FlushTo(LogEndOffset);
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
        lock (_writer)
        {
            Close();
        }
    }

    /// <summary>Takes no more appends, and goes by another name, to be deleted after the delay.</summary>
    internal void MarkDeleted()
    {
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

    private void DeleteFirstSegments(int count)
    {
        SegmentList segments = _segments;
        RaiseLogStart(segments[count].BaseOffset);
        _segments = segments.Without(count);
        LogSegment[] deleted = segments.All[..count].ToArray();
        foreach (LogSegment segment in deleted)
        {
            segment.MarkDeleted();
        }

        _folderIsDirty = true;
        DeleteLater(deleted);
        _resources.Logger.LogInformation(
            "{Partition}: {Count} segments below offset {Offset} are deleted", TopicPartition, count, _logStartOffset);
    }

    private void DeleteLater(LogSegment[] segments) =>
        _background.DeleteAfter(_config.FileDeleteDelayMs, () =>
        {
            foreach (LogSegment segment in segments)
            {
                segment.DeleteFiles();
            }
        });

    private static List<SegmentFacts> SegmentFacts(SegmentList segments)
    {
        List<SegmentFacts> facts = new(segments.Count);
        foreach (LogSegment segment in segments.All)
        {
            long largest = segment.LargestTimestampMs;
            facts.Add(new SegmentFacts(segment.BaseOffset, segment.Size, largest >= 0 ? largest : segment.LastWriteMs));
        }

        return facts;
    }

    // The first segment of which something may not be on the disk. One that was sealed when its records were synced
    // already lies below the recovery point, but its indexes have yet to be synced.
    private static int FirstUnsynced(SegmentList segments, long recoveryPoint)
    {
        int at = Math.Max(0, segments.FloorIndex(recoveryPoint));
        while (at > 0 && !segments[at - 1].IsSynced)
        {
            at--;
        }

        return at;
    }

    // Whether all segments but the active one are.
    private bool IsSealedSynced
    {
        get
        {
            SegmentList segments = _segments;
            return segments.Count == 1 || segments[segments.Count - 2].IsSynced;
        }
    }

    // The file is made anew from memory each time, so where the disk is full nothing is lost, and it is tried again.
    private void SyncEpochs()
    {
        try
        {
            _folderIsDirty |= LeaderEpochs.Sync();
        }
        catch (IOException) when (_isClosed)
        {
            // The topic is deleted meanwhile, and its folder has another name: no fault of the disk.
        }
        catch (IOException error) when (!DiskError.IsDiskFull(error))
        {
            Directory.Fail(error);
            throw;
        }
    }

    private void Sync(SegmentList segments, long end)
    {
        for (int at = FirstUnsynced(segments, RecoveryPoint); at < segments.Count; at++)
        {
            LogSegment segment = segments[at];
            try
            {
                // The active segment's indexes are made anew after a crash; a sealed one's are not looked at again.
                if (segment.BaseOffset < end || segments.Count == 1)
                {
                    segment.Sync(withIndexes: at < segments.Count - 1);
                }
            }
            catch (FileNotFoundException) when (segment.IsDeleted || _isClosed)
            {
                // Deleted meanwhile.
            }
        }

        SyncNames();
    }

    private void SyncNames()
    {
        if (_folderIsDirty)
        {
            _folderIsDirty = false;
            _resources.Files.SyncFolder(_folder.Path);
        }

        if (_isNew)
        {
            _isNew = false;
            _resources.Files.SyncIfThere(_folder.File(PartitionFolder.TopicIdFile));
            _resources.Files.SyncFolder(Directory.Path);
        }
    }

    /// <summary>
    /// Syncs when flush.messages asks for it. When the sync fails the records stand in the log, but their producer is not
    /// told so; when it sends them again, that duplicate too is only acknowledged once they are synced.
    /// </summary>
    private LogAppendResult Flushed(LogConfig config, in LogAppendResult result)
    {
        if (config.FlushMessages == long.MaxValue
            || result.Error != ErrorCode.None
            || LogEndOffset - RecoveryPoint < config.FlushMessages)
        {
            return result;
        }

        try
        {
            FlushTo(result.LastOffset + 1);
            return result;
        }
        catch (IOException error)
        {
            return Failed(ErrorCode.KafkaStorageError, error.Message);
        }
    }
}
