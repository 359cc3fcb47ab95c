using KLog.Broker.Storage.Files;
using Microsoft.Extensions.Logging;

namespace KLog.Broker.Storage;

/// <content>
/// What the cleaner asks of a log. While segments are replaced nothing else may take segments away, so everything that
/// does takes <c>_replacing</c>, before all other locks; appends, rolls and reads do not wait for it.
/// </content>
public sealed partial class PartitionLog
{
    private readonly Lock _replacing = new();
    private long _cleanOffset = -1;
    private int _truncations;
    private volatile string? _uncleanableReason;

    /// <summary>Why the cleaner leaves this log alone until the next start; null for the rest of them.</summary>
    public string? UncleanableReason => _uncleanableReason;

    /// <summary>Up to where the log was cleaned; -1 when it was not: what <c>cleaner-offset-checkpoint</c> says of it.</summary>
    internal long CleanOffset
    {
        get => Volatile.Read(ref _cleanOffset);
        set => Volatile.Write(ref _cleanOffset, value);
    }

    /// <summary>When the cleaner may try again, after a cleaning that came to nothing.</summary>
    internal long CleanAgainMs { get; set; }

    /// <summary>As they are now, to be compared by identity.</summary>
    internal SegmentList Segments => _segments;

    /// <summary>Grows whenever records at the log's end are taken back, or the log moves.</summary>
    internal int Truncations => Volatile.Read(ref _truncations);

    internal bool MayBeCleaned => _config.IsCompacted && _uncleanableReason is null && !IsUnusable && !IsLeftAlone;

    /// <summary>The log is closed, or its disk is gone: whatever fails because of that is no fault of the log.</summary>
    internal bool IsGone => IsUnusable;

    internal void MarkUncleanable(string reason)
    {
        _uncleanableReason = reason;
        _resources.Logger.LogError(
            "{Partition} in {Folder} cannot be cleaned, and is left as it is until the next start: {Reason}",
            TopicPartition,
            Directory.Path,
            reason);
    }

    internal LogSegment CreateCleaned(long baseOffset) => LogSegment.CreateCleaned(_resources, _folder, baseOffset);

    internal CleanPlan PlanCleaning(long nowMs)
    {
        SegmentList segments = _segments;
        CleanableOffsets offsets = CleanableOffsets.Of(CleanOffset, LogStartOffset, LogEndOffset, LastStableOffset);
        return CleanPlan.Of(SegmentFacts(segments), _config, offsets, nowMs, at => segments[at].FirstTimestampMs);
    }

    /// <summary>Notes how far a cleaning came, unless the log was truncated meanwhile.</summary>
    internal void FinishCleaning(long endOffset, int truncations)
    {
        lock (_replacing)
        {
            if (truncations == _truncations)
            {
                CleanOffset = endOffset;
            }
        }
    }

    /// <summary>
    /// Puts a cleaned segment in the place of those that it was made of, so that at every moment either all of the old
    /// or all of the new is found, by readers and by a start after a crash: <c>.cleaned</c> files are undone,
    /// <c>.swap</c> files are completed.
    /// </summary>
    /// <param name="cleaned">Complete, and synced.</param>
    /// <param name="replaced">Neighbours.</param>
    /// <param name="truncations">What <see cref="Truncations"/> was when the cleaning began.</param>
    /// <returns>False when the old ones are not in the log any more, or records that made others needless are gone.</returns>
    /// <exception cref="IOException">Nothing was replaced; or the folder is offline now, and the next start completes it.</exception>
    internal bool TryReplace(LogSegment cleaned, LogSegment[] replaced, int truncations)
    {
        lock (_replacing)
        {
            if (IsUnusable || truncations != _truncations || IndexOf(replaced) < 0)
            {
                return false;
            }

            int held = 0;
            try
            {
                for (; held < replaced.Length; held++)
                {
                    replaced[held].Hold();
                }

                Announce(cleaned);
                Swap(cleaned, replaced);
            }
            finally
            {
                foreach (LogSegment segment in replaced.AsSpan(0, held))
                {
                    segment.Release();
                }
            }

            DeleteLater(replaced);
            return true;
        }
    }

    /// <summary>From here on, a start after a crash puts the cleaned segment in place.</summary>
    private void Announce(LogSegment cleaned)
    {
        IFileSystem files = _resources.Files;
        files.SyncFolder(_folder.Path);
        try
        {
            cleaned.MoveStage(PartitionFolder.CleanedSuffix, PartitionFolder.SwapSuffix);
            files.SyncFolder(_folder.Path);
        }
        catch (IOException)
        {
            TakeBack(cleaned);
            throw;
        }
    }

    /// <summary>A swap file that stayed would be put in place by some later start.</summary>
    private void TakeBack(LogSegment cleaned)
    {
        try
        {
            cleaned.MoveStage(PartitionFolder.SwapSuffix, PartitionFolder.CleanedSuffix);
            _resources.Files.SyncFolder(_folder.Path);
        }
        catch (IOException error)
        {
            Directory.Fail(error);
        }
    }

    private void Swap(LogSegment cleaned, LogSegment[] replaced)
    {
        IFileSystem files = _resources.Files;
        try
        {
            foreach (LogSegment segment in replaced)
            {
                segment.MarkReplaced(nameGoesOn: segment.BaseOffset == cleaned.BaseOffset);
            }

            if (!files.FileExists(_folder.File(cleaned.BaseOffset, PartitionFolder.TransactionIndexSuffix + PartitionFolder.SwapSuffix)))
            {
                files.DeleteFile(_folder.File(cleaned.BaseOffset, PartitionFolder.TransactionIndexSuffix));
            }

            files.SyncFolder(_folder.Path);
            cleaned.MoveStage(PartitionFolder.SwapSuffix, "");
            files.SyncFolder(_folder.Path);
        }
        catch (IOException error)
        {
            Directory.Fail(error);
            throw;
        }

        LogSegment inPlace = new(_resources, _folder, cleaned.BaseOffset, cleaned.Size, replaced[^1].LastWriteMs)
        {
            JitterMs = replaced[^1].JitterMs,
            IsSynced = true,
        };
        lock (_writer)
        {
            SegmentList segments = _segments;
            int at = IndexOf(replaced);
            _segments = new SegmentList([.. segments.All[..at], inPlace, .. segments.All[(at + replaced.Length)..]]);
        }
    }

    /// <summary>Where the segments stand in the log, one after another; -1 when they do not.</summary>
    private int IndexOf(LogSegment[] wanted)
    {
        SegmentList segments = _segments;
        int first = segments.FloorIndex(wanted[0].BaseOffset);
        for (int at = 0; at < wanted.Length; at++)
        {
            if (first < 0 || first + at >= segments.Count - 1 || !ReferenceEquals(segments[first + at], wanted[at]))
            {
                return -1;
            }
        }

        return first;
    }

    /// <summary>Under <c>_replacing</c>. What was taken from the end is not there to be the last of its key.</summary>
    private void NoteTruncation(long offset)
    {
        Volatile.Write(ref _truncations, _truncations + 1);
        CleanOffset = Math.Min(CleanOffset, offset);
    }
}
