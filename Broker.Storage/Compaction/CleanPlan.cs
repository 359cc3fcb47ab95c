namespace KLog.Broker.Storage;

/// <summary>◆ Which stretch of a log can be cleaned now, and how much it needs it.</summary>
/// <param name="FirstDirtyOffset">Below it, no two records have the same key.</param>
/// <param name="EndOffset">Where a segment starts from which on nothing is cleaned.</param>
/// <param name="CleanBytes">Of the segments that start below the first dirty offset.</param>
/// <param name="CleanableBytes">Of those between the two offsets.</param>
/// <param name="IsOverdue">Something in it is older than max.compaction.lag.ms.</param>
internal sealed record CleanPlan(
    long FirstDirtyOffset, long EndOffset, long CleanBytes, long CleanableBytes, bool IsOverdue)
{
    internal double DirtyRatio =>
        CleanableBytes == 0 ? 0 : CleanableBytes / (double)(CleanBytes + CleanableBytes);

    internal bool IsWorthwhile(LogConfig config) =>
        CleanableBytes > 0 && (IsOverdue || DirtyRatio > config.MinCleanableDirtyRatio);

    /// <param name="segments">All of the log, the active one last.</param>
    /// <param name="config">The topic's.</param>
    /// <param name="offsets">The log's.</param>
    /// <param name="nowMs">The time.</param>
    /// <param name="firstTimestampOf">Of a segment's first batch, by its place; asked only where max.compaction.lag.ms is set.</param>
    internal static CleanPlan Of(
        IReadOnlyList<SegmentFacts> segments,
        LogConfig config,
        in CleanableOffsets offsets,
        long nowMs,
        Func<int, long> firstTimestampOf)
    {
        long firstDirty = offsets.FirstDirty;
        int sealedCount = segments.Count - 1;
        int dirtyFrom = FloorIndex(segments, firstDirty);

        // Whole segments below the last stable offset, the active one, and what is too young.
        int end = FloorIndex(segments, Math.Max(firstDirty, Math.Min(offsets.LastStable, segments[sealedCount].BaseOffset)));
        for (int at = dirtyFrom; at < end && config.MinCompactionLagMs > 0; at++)
        {
            if (segments[at].TimestampMs > nowMs - config.MinCompactionLagMs)
            {
                end = at;
            }
        }

        long cleanBytes = 0;
        long cleanableBytes = 0;
        bool isOverdue = false;
        for (int at = 0; at < end; at++)
        {
            cleanBytes += segments[at].BaseOffset < firstDirty ? segments[at].Size : 0;
            if (at >= dirtyFrom)
            {
                cleanableBytes += segments[at].Size;
                isOverdue |= config.MaxCompactionLagMs < long.MaxValue && IsOlder(firstTimestampOf(at), nowMs, config.MaxCompactionLagMs);
            }
        }

        return new CleanPlan(firstDirty, segments[end].BaseOffset, cleanBytes, cleanableBytes, isOverdue);
    }

    /// <summary>
    /// How many of the first segments become one: neighbours while they fit a segment, its indexes, and offsets that an
    /// int can count from the first one's base. At least one.
    /// </summary>
    /// <param name="segments">The next ones to be cleaned.</param>
    /// <param name="endOffset">Where the segment after the last one starts.</param>
    /// <param name="config">The topic's.</param>
    internal static int GroupLength(IReadOnlyList<CleanableSegment> segments, long endOffset, LogConfig config)
    {
        CleanableSegment group = segments[0];
        int count = 1;
        for (int at = 1; at < Math.Min(segments.Count, GroupLengthMax); at++)
        {
            CleanableSegment next = segments[at];
            long lastOffset = (at + 1 < segments.Count ? segments[at + 1].BaseOffset : endOffset) - 1;
            group = group with
            {
                Size = group.Size + next.Size,
                OffsetIndexBytes = group.OffsetIndexBytes + next.OffsetIndexBytes,
                TimeIndexBytes = group.TimeIndexBytes + next.TimeIndexBytes,
            };
            if (next.IsLeftAlone
                || group.Size > config.SegmentBytes
                || group.OffsetIndexBytes > config.SegmentIndexBytes
                || group.TimeIndexBytes > config.SegmentIndexBytes
                || lastOffset - group.BaseOffset > int.MaxValue)
            {
                break;
            }

            count++;
        }

        return count;
    }

    /// <summary>Each one's files are held open while they are replaced.</summary>
    internal const int GroupLengthMax = 250;

    private static bool IsOlder(long timestampMs, long nowMs, long lagMs) => timestampMs > 0 && timestampMs < nowMs - lagMs;

    private static int FloorIndex(IReadOnlyList<SegmentFacts> segments, long offset)
    {
        int at = segments.Count - 1;
        while (at > 0 && segments[at].BaseOffset > offset)
        {
            at--;
        }

        return at;
    }
}

/// <summary>The offsets that a cleaning goes by.</summary>
/// <param name="FirstDirty">Up to where the log was cleaned; never outside of the log.</param>
/// <param name="LastStable">Not above the high watermark.</param>
internal readonly record struct CleanableOffsets(long FirstDirty, long LastStable)
{
    /// <param name="checkpoint">Up to where the log was cleaned; -1 when it was not.</param>
    /// <param name="logStart">Of the log; what was cleaned below it is gone.</param>
    /// <param name="logEnd">Of the log; a checkpoint above belongs to records that are no more.</param>
    /// <param name="lastStable">Of the log.</param>
    internal static CleanableOffsets Of(long checkpoint, long logStart, long logEnd, long lastStable) =>
        new(checkpoint < logStart || checkpoint > logEnd ? logStart : checkpoint, lastStable);
}

/// <summary>What grouping has to know of a segment.</summary>
/// <param name="IsLeftAlone">It is not cleaned.</param>
internal readonly record struct CleanableSegment(
    long BaseOffset, long Size, long OffsetIndexBytes, long TimeIndexBytes, bool IsLeftAlone);
