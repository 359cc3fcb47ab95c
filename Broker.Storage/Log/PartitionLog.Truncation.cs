using KLog.Protocol;
using Microsoft.Extensions.Logging;

namespace KLog.Broker.Storage;

public sealed partial class PartitionLog
{
    /// <summary>
    /// A follower takes back what its new leader does not have: records from the offset on are gone. An offset within a
    /// batch takes the whole batch. Regions that are being read may come up short.
    /// </summary>
    public void TruncateTo(long offset)
    {
        Invariant.Holds(offset >= 0, "a log is truncated to an offset");
        lock (_flushing)
        {
            lock (_writer)
            {
                if (IsUnusable || offset >= _logEndOffset)
                {
                    return;
                }

                if (offset < _segments[0].BaseOffset)
                {
                    StartAnew(offset);
                    return;
                }

                SegmentList segments = _segments;
                int last = Math.Max(0, segments.FloorIndex(offset));
                LogSegment cut = Cut(segments[last], offset);
                Publish([.. segments.All[..last], cut], cut.ReadNextOffset());
                DeleteNow(segments.All[(last + 1)..]);
                ReloadProducers();
                _resources.Logger.LogInformation("{Partition} is truncated to offset {Offset}", TopicPartition, _logEndOffset);
            }
        }
    }

    /// <summary>A follower whose log has nothing in common with its leader's: all is gone, the next record gets this offset.</summary>
    public void TruncateFullyAndStartAt(long offset)
    {
        lock (_flushing)
        {
            lock (_writer)
            {
                if (!IsUnusable)
                {
                    StartAnew(offset);
                }
            }
        }
    }

    private void StartAnew(long offset)
    {
        SegmentList segments = _segments;
        foreach (LogSegment segment in segments.All)
        {
            segment.MarkDeleted();
        }

        Publish([LogSegment.Create(_resources, _folder, offset, _config)], offset);
        Volatile.Write(ref _logStartOffset, offset);
        LeaderEpochs.Clear();
        DeleteNow(segments.All);
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
        LogSegment cut = new(_resources, _folder, segment.BaseOffset, size, _resources.NowMs) { JitterMs = segment.JitterMs };
        TransactionIndex.TruncateTo(_resources.Files, cut.TransactionIndexPath, offset);
        cut.RebuildIndexes(_config.IndexIntervalBytes);
        segment.Close();
        return cut;
    }

    // The end first: a reader that still finds the old segments is then told that the offset is out of range.
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

    private static void DeleteNow(ReadOnlySpan<LogSegment> segments)
    {
        foreach (LogSegment segment in segments)
        {
            segment.MarkDeleted();
            segment.DeleteFiles();
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
