using System.Buffers;
using KLog.Broker.Storage.Files;
using KLog.Protocol;
using KLog.Protocol.Records;
using Microsoft.Extensions.Logging;

namespace KLog.Broker.Storage;

/// <summary>
/// Opens a partition's folder. After a clean shutdown the end of the log is looked up, and that is all. After a crash
/// the segments from the recovery point on are read: the log is cut at the first batch that is not whole or whose CRC
/// is wrong, and indexes, leader epochs and producers are made anew from what is left.
/// </summary>
internal sealed class LogRecovery
{
    private const int ReadAheadBytes = 1 << 20;

    private readonly StorageResources _resources;
    private readonly PartitionFolder _folder;
    private readonly LogConfig _config;
    private readonly bool _wasCleanShutdown;
    private readonly LogCheckpoints _checkpoints;
    private readonly Lock _writer = new();
    private readonly ProducerStateTable _producers;
    private readonly ProducerLoading _producerLoading;
    private LeaderEpochCache _epochs = null!;
    private bool _sawGaps;

    internal LogRecovery(
        StorageResources resources,
        PartitionFolder folder,
        LogConfig config,
        bool wasCleanShutdown,
        LogCheckpoints checkpoints,
        long producerExpirationMs)
    {
        _resources = resources;
        _folder = folder;
        _config = config;
        _wasCleanShutdown = wasCleanShutdown;
        _checkpoints = checkpoints;
        _producers = new ProducerStateTable(_writer);
        _producerLoading = new ProducerLoading(resources, folder, _producers, producerExpirationMs);
    }

    /// <summary>Makes a log in a folder that has none.</summary>
    internal static LoadedLog Create(StorageResources resources, PartitionFolder folder, LogConfig config)
    {
        Lock writer = new();
        LogSegment first = LogSegment.Create(resources, folder, 0, config);
        LeaderEpochCache epochs = new(resources.Files, folder, []);
        return new LoadedLog(writer, new SegmentList([first]), epochs, new ProducerStateTable(writer), 0, 0, 0, 0, IsNew: true);
    }

    internal LoadedLog Load()
    {
        _epochs = LeaderEpochCache.Load(_resources.Files, _folder);
        IReadOnlyList<FileEntry> files = LeftoverFiles.Clear(_resources, _folder);
        _producerLoading.FindSnapshots(files);
        List<LogSegment> segments = OpenSegments(files);
        bool isClean = _wasCleanShutdown;
        long end = 0;
        if (segments.Count > 0 && !(isClean && TryFindEnd(segments[^1], out end)))
        {
            isClean = false;
            end = Recover(segments);
        }

        long givenStart = _checkpoints.LogStartOffset;
        if (isClean && end < givenStart)
        {
            _resources.Logger.LogWarning("{Partition} cannot start at {Start}, for it ends at {End}: its start is taken from its files", _folder.Path, givenStart, end);
            givenStart = 0;
        }

        if (segments.Count == 0 || end < givenStart)
        {
            end = StartAnew(segments, givenStart);
        }

        long start = Math.Max(givenStart, segments[0].BaseOffset);
        _epochs.TruncateFromEnd(end);
        _epochs.TruncateFromStart(start);
        if (isClean)
        {
            segments.ForEach(segment => segment.IsSynced = true);
            _producerLoading.LoadUpTo(segments, start, end, rebuildIfMissing: false);
        }

        _producerLoading.DeleteStraySnapshots(segments, end);
        foreach (LogSegment segment in segments)
        {
            // Opened again on use: starting costs neither descriptors nor maps.
            segment.Close();
        }

        long recoveryPoint = isClean ? end : Math.Min(_checkpoints.RecoveryPoint, end);
        long highWatermark = Math.Clamp(_checkpoints.HighWatermark, start, end);
        return new LoadedLog(
            _writer, new SegmentList(segments), _epochs, _producers, start, end, recoveryPoint, highWatermark, IsNew: false);
    }

    private List<LogSegment> OpenSegments(IReadOnlyList<FileEntry> files)
    {
        Dictionary<string, FileEntry> byName = files.ToDictionary(file => file.Name);
        List<LogSegment> segments = [];
        foreach (FileEntry file in files)
        {
            long baseOffset = PartitionFolder.BaseOffsetOf(file.Name, PartitionFolder.LogSuffix);
            if (baseOffset >= 0)
            {
                segments.Add(new LogSegment(_resources, _folder, baseOffset, checked((int)file.Length), file.LastWriteMs)
                {
                    JitterMs = LogSegment.JitterOf(_config),
                });
            }
            else if (IsOrphan(file.Name, byName))
            {
                _resources.Logger.LogWarning("{Path} belongs to no segment, and is deleted", _folder.File(file.Name));
                _resources.Files.DeleteFile(_folder.File(file.Name));
            }
        }

        segments.Sort((left, right) => left.BaseOffset.CompareTo(right.BaseOffset));
        foreach (LogSegment segment in segments)
        {
            RepairIndexes(segment, byName);
        }

        return segments;
    }

    // Those that are recovered anyway are not looked at here.
    private void RepairIndexes(LogSegment segment, Dictionary<string, FileEntry> files)
    {
        bool isWhole = IsWhole(segment.BaseOffset, PartitionFolder.OffsetIndexSuffix, OffsetIndex.EntrySize, files)
            && IsWhole(segment.BaseOffset, PartitionFolder.TimeIndexSuffix, TimeIndex.EntrySize, files);
        if (!isWhole && (_wasCleanShutdown || segment.BaseOffset < _checkpoints.RecoveryPoint))
        {
            if (segment.Size > 0)
            {
                _resources.Logger.LogWarning(
                    "{Partition}: the indexes of segment {BaseOffset} are missing or cut, and are made anew",
                    _folder.Path,
                    segment.BaseOffset);
            }

            segment.RebuildIndexes(_config.IndexIntervalBytes);
        }
    }

    private static bool IsWhole(long baseOffset, string suffix, int entrySize, Dictionary<string, FileEntry> files) =>
        files.TryGetValue(PartitionFolder.Name(baseOffset, suffix), out FileEntry file) && file.Length % entrySize == 0;

    private static bool IsOrphan(string name, Dictionary<string, FileEntry> files)
    {
        foreach (string suffix in (ReadOnlySpan<string>)
            [PartitionFolder.OffsetIndexSuffix, PartitionFolder.TimeIndexSuffix, PartitionFolder.TransactionIndexSuffix])
        {
            long baseOffset = PartitionFolder.BaseOffsetOf(name, suffix);
            if (baseOffset >= 0)
            {
                return !files.ContainsKey(PartitionFolder.Name(baseOffset, PartitionFolder.LogSuffix));
            }
        }

        return false;
    }

    /// <summary>False when the active segment is damaged, though the last stop was a clean one.</summary>
    private static bool TryFindEnd(LogSegment active, out long end)
    {
        // Sealed segments are checked when they are first read; this one is written to from now on.
        active.CheckIndexes();
        _ = active.LargestTimestampMs;
        return active.TryReadNextOffset(out end);
    }

    /// <summary>Reads all from the segment that holds the recovery point on; answers with the log's end.</summary>
    private long Recover(List<LogSegment> segments)
    {
        int first = Math.Max(0, segments.FindLastIndex(segment => segment.BaseOffset <= _checkpoints.RecoveryPoint));
        segments.GetRange(0, first).ForEach(segment => segment.IsSynced = true);
        long next = segments[first].BaseOffset;
        _producerLoading.LoadUpTo(segments, _checkpoints.LogStartOffset, next, rebuildIfMissing: true);

        // What was noted of the offsets from here on may be of records that are no more.
        _epochs.TruncateFromEnd(next);
        _producerLoading.DeleteSnapshotsAbove(next);
        for (int at = first; at < segments.Count; at++)
        {
            LogSegment segment = segments[at];
            if (at > first)
            {
                _producerLoading.WriteSnapshot(segment.BaseOffset);
            }

            int size = segment.Size;
            long limit = at + 1 < segments.Count ? segments[at + 1].BaseOffset : long.MaxValue;
            next = RecoverSegment(segment, limit, out int whole);
            bool endsEarly = next < limit && at + 1 < segments.Count && !MayHaveGaps;
            if (whole < size || endsEarly)
            {
                _resources.Logger.LogWarning(
                    "{Partition}: segment {BaseOffset} is damaged at position {Position}: {Bytes} bytes and {Segments} later "
                    + "segments are cut off; the log ends at offset {EndOffset}",
                    _folder.Path,
                    segment.BaseOffset,
                    whole,
                    size - whole,
                    segments.Count - at - 1,
                    next);
                CutOff(segments, at, whole);
            }
        }

        return next;
    }

    // Only compaction leaves gaps, here or where this log was copied from. Without it a segment that ends before the next
    // one starts has lost its end, at the boundary of a batch.
    private bool MayHaveGaps => _sawGaps || _checkpoints.WasCleaned || _config.IsCompacted;

    /// <param name="limit">
    /// Where the next segment starts: a batch that reaches beyond has a wrong base offset, which its CRC does not cover.
    /// </param>
    private long RecoverSegment(LogSegment segment, long limit, out int whole)
    {
        _resources.Files.DeleteFile(segment.TransactionIndexPath);
        segment.StartRecovery();
        long next = segment.BaseOffset;
        byte[] buffer = ArrayPool<byte>.Shared.Rent(ReadAheadBytes);
        IStorageFile file = segment.File.Acquire();
        BatchScanner scanner = new(file, 0, segment.Size, buffer);
        try
        {
            whole = 0;
            while (scanner.MoveNext()
                && scanner.BaseOffset >= next
                && scanner.LastOffset >= next
                && scanner.LastOffset < limit
                && scanner.LastOffset - segment.BaseOffset <= int.MaxValue
                && scanner.IsCrcValid())
            {
                _sawGaps |= scanner.BaseOffset > next;
                next = scanner.LastOffset + 1;
                LogAppendInfo append = new(scanner.BaseOffset, scanner.LastOffset, scanner.MaxTimestamp, scanner.LastOffset);
                segment.NoteRecovered(append, scanner.Position, scanner.BatchSize, _config.IndexIntervalBytes);
                if (scanner.Magic == RecordBatchView.MagicV2)
                {
                    if (scanner.Header.PartitionLeaderEpoch > _epochs.LatestEpoch)
                    {
                        _epochs.Assign(scanner.Header.PartitionLeaderEpoch, scanner.BaseOffset);
                    }

                    _producerLoading.Apply(ref scanner, segment, withTransactionIndex: true);
                }

                whole = scanner.Position + scanner.BatchSize;
            }
        }
        finally
        {
            scanner.Dispose();
            segment.File.Release();
            ArrayPool<byte>.Shared.Return(buffer);
        }

        _producers.EndOffset = next;
        segment.SealAnew(sync: false);
        return next;
    }

    /// <summary>What the folder holds lies below where the log is to start, or it holds nothing.</summary>
    private long StartAnew(List<LogSegment> segments, long offset)
    {
        Delete(segments, 0);
        _resources.Files.SyncFolder(_folder.Path);
        _epochs.Clear();
        _producers.Clear();
        _producers.EndOffset = offset;
        segments.Add(LogSegment.Create(_resources, _folder, offset, _config));
        return offset;
    }

    // From the end on, and each step on the disk before the next: the power may go again, and then a longer log is found,
    // never one with a hole, nor one whose cut off end is taken for the continuation of what is appended from now on.
    private void CutOff(List<LogSegment> segments, int last, int size)
    {
        Delete(segments, last + 1);
        _resources.Files.SyncFolder(_folder.Path);
        if (size < segments[last].Size)
        {
            segments[last].SetSize(size);
            segments[last].File.Sync();
        }
    }

    private static void Delete(List<LogSegment> segments, int from)
    {
        for (int at = segments.Count - 1; at >= from; at--)
        {
            segments[at].MarkDeleted();
            segments[at].DeleteFiles();
        }

        segments.RemoveRange(from, segments.Count - from);
    }
}
