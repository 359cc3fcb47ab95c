using KLog.Broker.Storage.Files;

namespace KLog.Broker.Storage;

/// <summary>
/// A log's segments as a future folder has them. Segments are known by their identity, not by their offsets: what
/// retention, compaction or a truncation has replaced since it was copied is dropped, and copied anew.
/// </summary>
/// <param name="isCancelled">The move is; asked before each piece.</param>
internal sealed class LogCopy(IFileSystem files, FutureFolder future, Func<bool> isCancelled)
{
    private const int BufferBytes = 1 << 20;

    private readonly Dictionary<LogSegment, SegmentCopy> _copies = new(ReferenceEqualityComparer.Instance);
    private readonly byte[] _buffer = new byte[BufferBytes];
    private long _copiedBytes;
    private long _copiedOffset;

    /// <summary>Bytes of records that the copy has. Any thread.</summary>
    internal long CopiedBytes => Volatile.Read(ref _copiedBytes);

    /// <summary>The copy has the records below. Any thread.</summary>
    internal long CopiedOffset => Volatile.Read(ref _copiedOffset);

    internal long MissingBytes(SegmentList segments)
    {
        long missing = 0;
        foreach (LogSegment segment in segments.All)
        {
            missing += _copies.TryGetValue(segment, out SegmentCopy? copy) ? copy.MissingBytes : segment.Size;
        }

        return missing;
    }

    /// <summary>A round: copies what the log has now, and drops what it has no more.</summary>
    internal void Follow(PartitionLog log)
    {
        // The end first: what lies below it is in these segments.
        long end = log.LogEndOffset;
        SegmentList segments = log.Segments;
        DropOthers(segments);
        for (int at = 0; at < segments.Count && !isCancelled(); at++)
        {
            try
            {
                Copy(segments[at], isActive: at == segments.Count - 1);
            }
            catch (FileNotFoundException)
            {
                // Retention, a truncation or a cleaner was at it: the next round drops the segment, or copies the rest.
            }

            Volatile.Write(ref _copiedOffset, Math.Max(CopiedOffset, segments[at].BaseOffset));
        }

        if (!isCancelled())
        {
            Volatile.Write(ref _copiedOffset, end);
        }
    }

    /// <summary>
    /// Under the writer lock: the copy is as the log, and synced but for the folder's names. False when a file turned out
    /// shorter than the log has it.
    /// </summary>
    internal bool TryComplete(SegmentList segments)
    {
        DropOthers(segments);
        foreach (LogSegment segment in segments.All[..^1])
        {
            Copy(segment, isActive: false);
        }

        CopyOf(segments.Active).CompleteActive(_buffer);
        return MissingBytes(segments) == 0;
    }

    /// <summary>Copies a small file of the log's folder, if it is there.</summary>
    internal void CopySmall(PartitionFolder source, string name)
    {
        if (files.FileExists(source.File(name)))
        {
            future.WriteWhole(name, files.ReadWhole(source.File(name)));
        }
    }

    internal void Close()
    {
        foreach (SegmentCopy copy in _copies.Values)
        {
            copy.Close();
        }
    }

    private void Copy(LogSegment segment, bool isActive)
    {
        SegmentCopy copy = CopyOf(segment);
        if (copy.IsComplete)
        {
            return;
        }

        long before = copy.CopiedBytes;
        copy.CopyRecords(_buffer, isCancelled);
        Volatile.Write(ref _copiedBytes, _copiedBytes + copy.CopiedBytes - before);
        if (!isActive && copy.MissingBytes == 0)
        {
            copy.CompleteSealed();
        }
    }

    private SegmentCopy CopyOf(LogSegment segment)
    {
        if (!_copies.TryGetValue(segment, out SegmentCopy? copy))
        {
            copy = new SegmentCopy(files, segment, future);
            _copies.Add(segment, copy);
        }

        return copy;
    }

    private void DropOthers(SegmentList segments)
    {
        HashSet<LogSegment> present = new(segments.All.ToArray(), ReferenceEqualityComparer.Instance);
        foreach (SegmentCopy copy in _copies.Values.Where(copy => !present.Contains(copy.Source)).ToList())
        {
            copy.Drop();
            Volatile.Write(ref _copiedBytes, _copiedBytes - copy.CopiedBytes);
            _copies.Remove(copy.Source);
        }
    }
}
