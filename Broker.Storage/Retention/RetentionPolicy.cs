namespace KLog.Broker.Storage;

/// <summary>What retention has to know of a segment.</summary>
/// <param name="TimestampMs">The largest of its records; where none has one, when it was last written.</param>
internal readonly record struct SegmentFacts(long BaseOffset, int Size, long TimestampMs);

/// <summary>◆ Which segments are too old, too many, or below the log's start.</summary>
internal static class RetentionPolicy
{
    /// <summary>
    /// How many of the first segments are to be deleted. Deletion goes from the oldest on, and stops at the first that is
    /// to be kept. What the high watermark has not passed is kept, and an active segment that is empty.
    /// </summary>
    internal static int CountDeletable(
        IReadOnlyList<SegmentFacts> segments,
        LogConfig config,
        long nowMs,
        long logStartOffset,
        long highWatermark,
        long logEndOffset)
    {
        bool byRetention = (config.CleanupPolicy & CleanupPolicy.Delete) != 0;
        long excess = byRetention && config.RetentionBytes >= 0 ? TotalSize(segments) - config.RetentionBytes : -1;
        int count = 0;
        for (; count < segments.Count; count++)
        {
            SegmentFacts segment = segments[count];
            bool isActive = count == segments.Count - 1;
            long end = isActive ? logEndOffset : segments[count + 1].BaseOffset;
            if (end > highWatermark || (isActive && segment.Size == 0))
            {
                break;
            }

            bool isBelowStart = !isActive && end <= logStartOffset;
            bool isExcess = excess >= segment.Size;
            bool isOld = byRetention && config.RetentionMs >= 0 && nowMs - segment.TimestampMs > config.RetentionMs;
            if (!isBelowStart && !isExcess && !isOld)
            {
                break;
            }

            excess -= segment.Size;
        }

        return count;
    }

    private static long TotalSize(IReadOnlyList<SegmentFacts> segments)
    {
        long total = 0;
        foreach (SegmentFacts segment in segments)
        {
            total += segment.Size;
        }

        return total;
    }
}
