using KLog.Broker.Storage.Files;
using KLog.Protocol;

namespace KLog.Broker.Storage;

public sealed partial class PartitionLog
{
    /// <summary>
    /// A region of one segment that starts with the batch that holds the offset, or the next one after it where
    /// compaction has left a gap. It ends below <paramref name="endOffsetExclusive"/>, and at
    /// <paramref name="maxBytes"/>, which may cut its last batch (consumers know that a batch can be incomplete), but
    /// never its first: that one is whole, however large, with <paramref name="atLeastOneBatch"/>; without, there is no
    /// region when it does not fit.
    /// </summary>
    /// <param name="mayWait">
    /// For the disk, to find the region's place. That the region's own bytes are in memory is not promised either way.
    /// </param>
    public LogReadResult Read(
        long offset, int maxBytes, long endOffsetExclusive, bool atLeastOneBatch, bool mayWait = true)
    {
        long end = LogEndOffset;
        if (offset < LogStartOffset || offset > end)
        {
            return LogReadResult.Failed(ErrorCode.OffsetOutOfRange);
        }

        end = Math.Min(end, endOffsetExclusive);
        if (offset >= end || (maxBytes <= 0 && !atLeastOneBatch))
        {
            return LogReadResult.Nothing;
        }

        LogDirectory directory = Directory;
        SegmentList segments = _segments;
        try
        {
            TailView tail = _tail.Look(offset, end);
            return tail.Start.Size > 0 && tail.LimitPosition >= 0
                ? RegionOf(tail.Segment, tail.Start, tail.LimitPosition, maxBytes, atLeastOneBatch, isRecent: true)
                : ReadByIndex(offset, end, tail, maxBytes, atLeastOneBatch, mayWait);
        }
        catch (IOException) when (HasMovedFrom(directory))
        {
            return Read(offset, maxBytes, endOffsetExclusive, atLeastOneBatch, mayWait);
        }
        catch (FileNotFoundException) when (!ReferenceEquals(segments, _segments))
        {
            // A cleaned segment has taken the place of the one that was found.
            return Read(offset, maxBytes, endOffsetExclusive, atLeastOneBatch, mayWait);
        }
        catch (FileNotFoundException)
        {
            // The segment, or the partition, was deleted, and its delay has passed, since its place was found.
            return LogReadResult.Failed(_isClosed ? ErrorCode.NotLeaderOrFollower : ErrorCode.OffsetOutOfRange);
        }
        catch (IOException error)
        {
            directory.Fail(error);
            return LogReadResult.Failed(ErrorCode.KafkaStorageError);
        }
    }

    /// <summary>
    /// The transactions that a read_committed consumer has to leave out of a region that it reads from an offset on; perhaps
    /// more of them, up to where the region's segment ends.
    /// </summary>
    /// <exception cref="IOException">The disk failed; its folder is offline now.</exception>
    public IReadOnlyList<AbortedTransaction> AbortedTransactions(FileRegion region, long fromOffset, long endOffsetExclusive)
    {
        LogDirectory directory = Directory;
        SegmentList segments = _segments;
        int next = segments.FloorIndex(region.SegmentBaseOffset) + 1;
        long end = next < segments.Count ? Math.Min(endOffsetExclusive, segments[next].BaseOffset) : endOffsetExclusive;
        try
        {
            return AbortedTransactions(fromOffset, end);
        }
        catch (IOException error) when (error is not (FileNotFoundException or DirectoryNotFoundException) && !HasMovedFrom(directory))
        {
            directory.Fail(error);
            throw;
        }
    }

    /// <summary>The transactions that a read_committed consumer has to leave out of what it reads.</summary>
    public IReadOnlyList<AbortedTransaction> AbortedTransactions(long fromOffset, long endOffsetExclusive)
    {
        List<AbortedTransaction> found = [];
        LogDirectory directory = Directory;
        SegmentList segments = _segments;
        for (int at = Math.Max(0, segments.FloorIndex(fromOffset)); at < segments.Count; at++)
        {
            foreach (AbortedTransaction aborted in segments[at].ReadAbortedTransactions())
            {
                if (aborted.LastOffset >= fromOffset && aborted.FirstOffset < endOffsetExclusive)
                {
                    found.Add(aborted);
                }

                // No transaction that is later in the index can have started before this one's last stable offset.
                if (aborted.LastStableOffset >= endOffsetExclusive)
                {
                    at = segments.Count;
                    break;
                }
            }
        }

        // A file of the former folder may have been gone, which looks like a segment that has none.
        return ReferenceEquals(directory, Directory) ? found : AbortedTransactions(fromOffset, endOffsetExclusive);
    }

    private LogReadResult ReadByIndex(
        long offset, long end, in TailView tail, int maxBytes, bool atLeastOneBatch, bool mayWait)
    {
        SegmentList segments = _segments;
        for (int at = Math.Max(0, segments.FloorIndex(offset)); at < segments.Count; at++)
        {
            LogSegment segment = segments[at];
            if (!mayWait && !segment.CanFindAtOnce(offset))
            {
                return LogReadResult.Cold;
            }

            bool isWholeBelowEnd = at + 1 < segments.Count && segments[at + 1].BaseOffset <= end;
            int limit = isWholeBelowEnd ? segment.Size : LimitPosition(segment, end, tail);
            if (segment.TryFind(offset, limit, out BatchPlace start))
            {
                return RegionOf(segment, start, limit, maxBytes, atLeastOneBatch, isRecent: false);
            }
        }

        return LogReadResult.Nothing;
    }

    /// <summary>Where the first batch that is not below the end starts in the segment.</summary>
    private static int LimitPosition(LogSegment segment, long end, in TailView tail)
    {
        if (tail.LimitPosition >= 0 && ReferenceEquals(segment, tail.Segment))
        {
            return tail.LimitPosition;
        }

        int size = segment.Size;
        return segment.TryFind(end, size, out BatchPlace first) ? first.Position : size;
    }

    private LogReadResult RegionOf(
        LogSegment segment, BatchPlace start, int limit, int maxBytes, bool atLeastOneBatch, bool isRecent)
    {
        int wanted = atLeastOneBatch ? Math.Max(maxBytes, start.Size) : maxBytes;
        int length = Math.Min(limit - start.Position, wanted);
        if (length < start.Size)
        {
            return LogReadResult.Nothing;
        }

        IStorageFile file = segment.File.Acquire();
        return new LogReadResult
        {
            Region = new FileRegion(segment.File, file, start.Position, length, isRecent ? null : _resources.ColdReads),
        };
    }
}
