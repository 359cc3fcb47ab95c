using KLog.Protocol;
using Microsoft.Extensions.Logging;

namespace KLog.Broker.Storage;

public sealed partial class PartitionLog
{
    /// <summary>
    /// A follower takes back what its new leader does not have: records from the offset on are gone, for good once this
    /// returns. An offset within a batch takes the whole batch. Regions that are being read may come up short.
    /// </summary>
    /// <exception cref="IOException">The disk failed; its folder is offline now.</exception>
    public void TruncateTo(long offset)
    {
        Invariant.Holds(offset >= 0, "a log is truncated to an offset");
        TakeBack(() =>
        {
            if (offset >= _logEndOffset)
            {
                return;
            }

            NoteTruncation(offset);
            if (offset < _segments[0].BaseOffset)
            {
                StartAnew(offset);
                return;
            }

            SegmentList segments = _segments;
            int last = Math.Max(0, segments.FloorIndex(offset));
            DeleteNow(segments.All[(last + 1)..]);
            LogSegment cut = Cut(segments[last], offset);
            cut.TryReadNextOffset(out long end);
            Publish([.. segments.All[..last], cut], end);
            Volatile.Write(ref _logStartOffset, Math.Min(_logStartOffset, _logEndOffset));
            ReloadProducers();
            _resources.Logger.LogInformation("{Partition} is truncated to offset {Offset}", TopicPartition, _logEndOffset);
        });
    }

    /// <summary>A follower whose log has nothing in common with its leader's: all is gone, the next record gets this offset.</summary>
    /// <exception cref="IOException">The disk failed; its folder is offline now.</exception>
    public void TruncateFullyAndStartAt(long offset) => TakeBack(() =>
    {
        NoteTruncation(offset);
        StartAnew(offset);
    });

    // What was half done when the disk failed is finished by the next start's recovery: nobody uses the log until then.
    private void TakeBack(Action run)
    {
        lock (_replacing)
        lock (_flushing)
        {
            lock (_writer)
            {
                if (IsUnusable)
                {
                    return;
                }

                try
                {
                    run();
                    SyncNames();

                    // Before anything is appended: the next start must not take it for what was synced here before.
                    _background.OffsetsFell(Directory);
                }
                catch (IOException error)
                {
                    Directory.Fail(error);
                    throw;
                }
            }
        }
    }

    private void StartAnew(long offset)
    {
        DeleteNow(_segments.All);
        Publish([LogSegment.Create(_resources, _folder, offset, _config)], offset);
        Volatile.Write(ref _logStartOffset, offset);
        Volatile.Write(ref _highWatermark, offset);
        LeaderEpochs.Clear();
        ReloadProducers();
        Producers.EndOffset = offset;
        _resources.Logger.LogInformation("{Partition} starts anew at offset {Offset}", TopicPartition, offset);
    }

    /// <summary>
    /// The same file, shorter, with indexes made anew: readers that hold the old segment go on with the old indexes, and
    /// find the end of the file where it is now.
    /// </summary>
    private LogSegment Cut(LogSegment segment, long offset)
    {
        int size = segment.TryFind(offset, segment.Size, out BatchPlace first) ? first.Position : segment.Size;
        segment.File.SetLength(size);
        segment.File.Sync();
        LogSegment cut = new(_resources, _folder, segment.BaseOffset, size, _resources.NowMs) { JitterMs = segment.JitterMs };
        TransactionIndex.TruncateTo(_resources.Files, cut.TransactionIndexPath, offset);
        cut.RebuildIndexes(_config.IndexIntervalBytes);
        segment.Close();
        return cut;
    }

    private void Publish(IEnumerable<LogSegment> segments, long endOffset)
    {
        Volatile.Write(ref _logEndOffset, endOffset);
        Volatile.Write(ref _highWatermark, Math.Min(_highWatermark, endOffset));
        Volatile.Write(ref _recoveryPoint, Math.Min(_recoveryPoint, endOffset));
        SegmentList list = new(segments);
        _segments = list;
        _tail.Reset(list.Active, endOffset);
        LeaderEpochs.TruncateFromEnd(endOffset);
        _folderIsDirty = true;
    }

    // From the end on, and on the disk before anything else is changed: when the power goes, the log is longer than it was
    // to be, but has no hole. A reader that still finds the segments is told that the offset is out of range.
    private void DeleteNow(ReadOnlySpan<LogSegment> segments)
    {
        for (int at = segments.Length - 1; at >= 0; at--)
        {
            segments[at].MarkDeleted();
            segments[at].DeleteFiles();
        }

        if (segments.Length > 0)
        {
            _resources.Files.SyncFolder(_folder.Path);
        }
    }

    private void ReloadProducers()
    {
        Producers.Clear();
        Producers.SnapshotOffset = -1;
        ProducerLoading loading = new(_resources, _folder, Producers, long.MaxValue);
        loading.FindSnapshots(_resources.Files.ListFiles(_folder.Path));
        List<LogSegment> segments = [.. _segments.All];
        loading.DeleteSnapshotsAbove(_logEndOffset);
        loading.LoadUpTo(segments, _logStartOffset, _logEndOffset, rebuildIfMissing: true);
    }
}
