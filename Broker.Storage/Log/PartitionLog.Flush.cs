using KLog.Broker.Storage.Files;
using KLog.Protocol;

namespace KLog.Broker.Storage;

public sealed partial class PartitionLog
{
    /// <summary>
    /// Returns once everything that had been appended when it was called is on the disk. Callers that wait for one
    /// another share a sync: the one that comes first syncs for all that has been appended by then.
    /// </summary>
    /// <exception cref="IOException">It is not: the folder is offline now, or it is full, and nothing was lost.</exception>
    public void Flush() => FlushTo(LogEndOffset);

    /// <summary>As <see cref="Flush"/>, without waiting; <see cref="OnFlushed"/> tells when it is done.</summary>
    public void FlushInBackground() => _ = _groupCommit.WaitAsync();

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

        OnFlushed?.Invoke();
    }

    internal bool IsFlushDue(long nowMs) =>
        RecoveryPoint < LogEndOffset && nowMs - Volatile.Read(ref _lastFlushMs) >= _config.FlushMs;

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
    /// Asks for a sync when flush.messages does. A duplicate waits as well: its first try may not be on the disk yet.
    /// </summary>
    private LogAppendResult FlushIfDue(LogConfig config, in LogAppendResult result) =>
        config.FlushMessages != long.MaxValue
        && result.Error == ErrorCode.None
        && result.LastOffset >= RecoveryPoint
        && LogEndOffset - RecoveryPoint >= config.FlushMessages
            ? result with { Flushed = _groupCommit.WaitAsync() }
            : result;
}
