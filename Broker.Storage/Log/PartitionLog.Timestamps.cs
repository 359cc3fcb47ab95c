using System.Buffers;
using KLog.Broker.Storage.Files;
using KLog.Protocol.Records;

namespace KLog.Broker.Storage;

public sealed partial class PartitionLog
{
    /// <summary>
    /// The first record whose timestamp is not below the given one, if it lies below the end offset. By the time indexes,
    /// then the batches' headers, then the records of one batch.
    /// </summary>
    /// <exception cref="IOException">The disk failed; its folder is offline now.</exception>
    public OffsetAndTimestamp? FindByTimestamp(long timestampMs, long endOffsetExclusive) =>
        Guarded(segments => FindByTimestamp(segments, timestampMs, endOffsetExclusive));

    /// <summary>The first record that has the log's largest timestamp (KIP-734); null when the log is empty.</summary>
    /// <exception cref="IOException">The disk failed; its folder is offline now.</exception>
    public OffsetAndTimestamp? FindMaxTimestamp() => Guarded(segments =>
    {
        LogSegment latest = segments.All[0];
        foreach (LogSegment segment in segments.All)
        {
            latest = segment.LargestTimestampMs > latest.LargestTimestampMs ? segment : latest;
        }

        return Search(latest, latest.LargestTimestampMs, LogStartOffset);
    });

    private OffsetAndTimestamp? FindByTimestamp(SegmentList segments, long timestampMs, long endOffsetExclusive)
    {
        long from = LogStartOffset;
        foreach (LogSegment segment in segments.All)
        {
            if (segment.LargestTimestampMs >= timestampMs && Search(segment, timestampMs, from) is { } found)
            {
                return found.Offset < endOffsetExclusive ? found : null;
            }
        }

        return null;
    }

    private OffsetAndTimestamp? Guarded(Func<SegmentList, OffsetAndTimestamp?> find)
    {
        while (true)
        {
            // The folder first: a log that moves changes it before its segments.
            LogDirectory directory = Directory;
            SegmentList segments = _segments;
            try
            {
                return find(segments);
            }
            catch (FileNotFoundException) when (!ReferenceEquals(segments, _segments))
            {
                // A cleaned segment has taken the place of one of them, or the log has moved.
            }
            catch (IOException error)
            {
                if (!HasMovedFrom(directory))
                {
                    directory.Fail(error);
                }

                throw;
            }
        }
    }

    private OffsetAndTimestamp? Search(LogSegment segment, long timestampMs, long fromOffset)
    {
        segment.CheckIndexes();
        long indexed = segment.Indexes.FloorTime(timestampMs - 1).Offset;
        int position = segment.PositionOf(Math.Max(indexed, fromOffset));
        byte[] buffer = ArrayPool<byte>.Shared.Rent(64 * 1024);
        try
        {
            IStorageFile file = segment.File.Acquire();
            BatchScanner scanner = new(file, position, segment.Size, buffer);
            try
            {
                while (scanner.MoveNext())
                {
                    if (scanner.Magic == RecordBatchView.MagicV2
                        && scanner.MaxTimestamp >= timestampMs
                        && scanner.LastOffset >= fromOffset
                        && Search(ref scanner, timestampMs, fromOffset) is { } found)
                    {
                        return found;
                    }
                }

                return null;
            }
            finally
            {
                scanner.Dispose();
                segment.File.Release();
            }
        }
        catch (FileNotFoundException) when (segment.IsDeleted || _isClosed)
        {
            if (segment.IsReplaced)
            {
                throw;
            }

            return null;
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    private static OffsetAndTimestamp? Search(ref BatchScanner scanner, long timestampMs, long fromOffset)
    {
        int epoch = scanner.Header.PartitionLeaderEpoch;
        TimestampSink sink = new(scanner.Header, timestampMs, fromOffset);
        int size = scanner.BatchSize;
        byte[] batch = ArrayPool<byte>.Shared.Rent(size);
        try
        {
            scanner.Batch().CopyTo(batch);
            RecordWalk.Run(batch.AsMemory(0, size), ref sink);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(batch);
        }

        return sink.Found is { } found ? new OffsetAndTimestamp(found.Offset, found.TimestampMs, epoch) : null;
    }
}
