using Microsoft.Extensions.Logging;

namespace KLog.Broker.Storage;

/// <content>What goes because it is old, or too much, or below the log's start.</content>
public sealed partial class PartitionLog
{
    /// <summary>Deletes segments by the topic's retention, and those below the log's start; answers with how many.</summary>
    public int DeleteOldSegments()
    {
        lock (_replacing)
        {
            // Looked up before the writer's lock is taken: the first time it takes a look at each segment's time index.
            SegmentFacts(_segments);
            lock (_writer)
            {
                return IsUnusable || IsLeftAlone ? 0 : DeleteByRetention();
            }
        }
    }

    private int DeleteByRetention()
    {
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
}
