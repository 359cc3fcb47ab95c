using KLog.Broker.Storage.Files;
using KLog.Protocol.Records;

namespace KLog.Broker.Storage;

/// <summary>What became of a group of segments.</summary>
internal enum GroupOutcome
{
    /// <summary>One segment has taken their place.</summary>
    Replaced,

    /// <summary>All of it stays: nothing was written.</summary>
    Unchanged,

    /// <summary>One of them holds batches of magic 0 or 1, and is marked so; nothing was changed.</summary>
    OldMagic,

    /// <summary>The log was truncated, or its segments deleted, meanwhile.</summary>
    Outdated,
}

/// <summary>
/// The second walk of a cleaning, over one group of neighbouring segments: what stays of their batches is written into a
/// new segment, which then takes their place.
/// </summary>
/// <param name="log">Whose segments they are.</param>
/// <param name="config">The topic's, of when the cleaning began.</param>
/// <param name="group">Neighbours, in order.</param>
/// <param name="endOffset">Where the segment after the last one starts.</param>
/// <param name="filter">Has seen all batches before the group.</param>
/// <param name="io">The cleaning's.</param>
internal sealed class SegmentCompaction(
    PartitionLog log, LogConfig config, LogSegment[] group, long endOffset, BatchFilter filter, CleanerIo io) : IDisposable
{
    /// <summary>Whose markers lie in the group.</summary>
    private readonly List<AbortedTransaction> _aborted = [];

    private CleanedSegment? _cleaned;

    /// <param name="truncations">The log's, from when the cleaning began.</param>
    /// <exception cref="InvalidDataException">A segment is damaged.</exception>
    internal GroupOutcome Run(int truncations)
    {
        bool isReplaced = false;
        try
        {
            // Nothing is written before the first change: a segment that stays as it is costs reading only.
            _cleaned = group.Length > 1 ? io.CreateCleaned(group[0].BaseOffset, config) : null;
            for (int at = 0; at < group.Length; at++)
            {
                Clean(group[at], at + 1 < group.Length ? group[at + 1].BaseOffset : endOffset);
                if (group[at].HasOldMagic)
                {
                    return GroupOutcome.OldMagic;
                }
            }

            if (_cleaned is null)
            {
                return GroupOutcome.Unchanged;
            }

            _cleaned.Complete(io.Files, _aborted);
            isReplaced = log.TryReplace(_cleaned.Segment, group, truncations);
            return isReplaced ? GroupOutcome.Replaced : GroupOutcome.Outdated;
        }
        finally
        {
            // On a folder that has failed in the middle of a swap, the next start needs the files.
            if (!isReplaced && !log.IsGone)
            {
                _cleaned?.Discard();
            }
        }
    }

    public void Dispose() => _cleaned?.Dispose();

    private void Clean(LogSegment segment, long nextBaseOffset)
    {
        using BatchReader reader = io.CreateReader();
        IStorageFile file = segment.File.Acquire();
        try
        {
            reader.Start(file, 0, segment.Size);
            long next = segment.BaseOffset;
            while (reader.MoveNext())
            {
                RecordBatchView batch = new(reader.Batch.Span);
                if (batch.BaseOffset < next || batch.LastOffset < batch.BaseOffset || batch.LastOffset >= nextBaseOffset)
                {
                    throw new InvalidDataException($"{segment.File.Path}: the offsets at position {reader.Position} are not in order");
                }

                next = batch.LastOffset + 1;
                Clean(reader, file);
            }
        }
        finally
        {
            segment.File.Release();
        }

        if (reader.IsAtOldMagic)
        {
            segment.NoteOldMagic();
        }
    }

    private void Clean(BatchReader reader, IStorageFile file)
    {
        ReadOnlyMemory<byte> kept = filter.Filter(reader.Batch, out AbortedTransaction? aborted);
        if (aborted is { } transaction)
        {
            _aborted.Add(transaction);
        }

        if (_cleaned is null && !kept.Equals(reader.Batch))
        {
            _cleaned = io.CreateCleaned(group[0].BaseOffset, config);
            CopyUpTo(file, reader.Position, _cleaned);
        }

        _cleaned?.Append(kept.Span);
    }

    private void CopyUpTo(IStorageFile file, int end, CleanedSegment cleaned)
    {
        using BatchReader reader = io.CreateReader();
        reader.Start(file, 0, end);
        while (reader.MoveNext())
        {
            cleaned.Append(reader.Batch.Span);
        }
    }
}
