using Microsoft.Extensions.Logging;

namespace KLog.Broker.Storage;

/// <summary>
/// One cleaning of one log: the dirty section's keys are noted with their last offsets, as many as there is memory for;
/// then all segments up to there are written anew without the records that a later one of the same key replaces.
/// </summary>
/// <param name="log">The log.</param>
/// <param name="resources">Of the process.</param>
/// <param name="options">Of this moment.</param>
/// <param name="io">For this cleaning.</param>
internal sealed class LogCompaction(PartitionLog log, StorageResources resources, CleanerOptions options, CleanerIo io)
{
    /// <exception cref="InvalidDataException">The log is damaged.</exception>
    /// <exception cref="IOException">The disk refuses.</exception>
    /// <exception cref="OperationCanceledException">The cleaner is to stop, or the log is closed.</exception>
    internal void Run()
    {
        long startedMs = resources.NowMs;
        int truncations = log.Truncations;
        LogConfig config = log.Config;
        CleanPlan plan = log.PlanCleaning(startedMs);
        if (plan.CleanableBytes == 0)
        {
            return;
        }

        // What makes others needless must be on the disk before they go.
        log.FlushSealed();
        SegmentList segments = log.Segments;
        long sizeBefore = segments.SizeInBytes;
        using OffsetMap map = new(
            options.MapBytesPerThread,
            options.LoadFactor,
            plan.EndOffset - plan.FirstDirtyOffset,
            unchecked((ulong)Random.Shared.NextInt64(long.MinValue, long.MaxValue)));
        Fill(map, plan, segments);
        long endOffset = map.LatestOffset + 1;
        if (endOffset <= plan.FirstDirtyOffset)
        {
            throw new InvalidDataException($"{options.MapBytesPerThread} bytes of log.cleaner.dedupe.buffer.size do not take one key");
        }

        if (!TryCleanGroups(map, segments, Math.Min(plan.EndOffset, endOffset), config, startedMs, truncations))
        {
            return;
        }

        log.FinishCleaning(endOffset, truncations);
        resources.Logger.LogInformation(
            "{Partition} is cleaned up to offset {EndOffset} of {LastOffset}: {Before} bytes are now {After}; {Keys} keys, {Read} bytes read, "
            + "{Written} written in {Elapsed} ms",
            log.TopicPartition,
            endOffset,
            plan.EndOffset,
            sizeBefore,
            log.SizeInBytes,
            map.Count,
            io.BytesRead,
            io.BytesWritten,
            resources.NowMs - startedMs);
    }

    private void Fill(OffsetMap map, CleanPlan plan, SegmentList segments)
    {
        CleanedTransactions transactions = new();
        transactions.Expect(log.AbortedTransactions(plan.FirstDirtyOffset, plan.EndOffset));
        using BatchReader reader = io.CreateReader();
        using OffsetMapFilling filling = new(map, plan.FirstDirtyOffset, transactions);
        for (int at = Math.Max(0, segments.FloorIndex(plan.FirstDirtyOffset)); segments[at].BaseOffset < plan.EndOffset; at++)
        {
            if (!filling.TryAdd(reader, segments[at], segments[at + 1].BaseOffset))
            {
                return;
            }
        }
    }

    /// <summary>False when the log has changed in a way that what was noted does not hold any more.</summary>
    private bool TryCleanGroups(
        OffsetMap map, SegmentList segments, long endOffset, LogConfig config, long nowMs, int truncations)
    {
        int count = 0;
        while (segments[count].BaseOffset < endOffset)
        {
            segments[count++].CheckIndexes();
        }

        Dictionary<long, ProducerState> producers = log.Producers.ToList().ToDictionary(producer => producer.ProducerId);
        long horizonMs = config.DeleteRetentionMs > long.MaxValue - nowMs ? long.MaxValue : nowMs + config.DeleteRetentionMs;
        CleanedTransactions transactions = new();
        bool isLeftAlone = false;
        for (int at = 0; at < count;)
        {
            if (segments[at].HasOldMagic)
            {
                isLeftAlone = true;
                at++;
                continue;
            }

            LogSegment[] group = segments.All.Slice(at, GroupLength(segments, at, count, config)).ToArray();
            long groupEnd = segments[at + group.Length].BaseOffset;
            CleanedTransactions ofGroup = transactions.Fork();
            ofGroup.Expect(log.AbortedTransactions(group[0].BaseOffset, groupEnd));
            RecordRetention retention = new(map, ofGroup, producers, nowMs) { KeepsDeletions = isLeftAlone };
            using BatchFilter filter = new(retention, horizonMs);
            using SegmentCompaction compaction = new(log, config, group, groupEnd, filter, io);
            GroupOutcome outcome = compaction.Run(truncations);
            if (outcome == GroupOutcome.Outdated)
            {
                return false;
            }

            // With old magic in it, the group is made anew without that segment.
            if (outcome != GroupOutcome.OldMagic)
            {
                at += group.Length;
                transactions = ofGroup;
            }
        }

        return true;
    }

    private static int GroupLength(SegmentList segments, int first, int count, LogConfig config)
    {
        List<CleanableSegment> candidates = [];
        for (int at = first; at < count && at - first < CleanPlan.GroupLengthMax; at++)
        {
            (int offsetBytes, int timeBytes) = segments[at].Indexes.UsedBytes();
            candidates.Add(new CleanableSegment(
                segments[at].BaseOffset, segments[at].Size, offsetBytes, timeBytes, segments[at].HasOldMagic));
        }

        return CleanPlan.GroupLength(candidates, segments[first + candidates.Count].BaseOffset, config);
    }
}
