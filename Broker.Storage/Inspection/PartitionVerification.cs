using KLog.Broker.Storage.Files;

namespace KLog.Broker.Storage.Inspection;

/// <summary>What was found in one partition's folder.</summary>
/// <param name="TopicId">Empty when the folder does not tell.</param>
internal sealed record PartitionFindings(string Folder, IReadOnlyList<Finding> Findings, int Damages, int Segments, long Bytes, Guid TopicId);

/// <summary>Verifies one partition's folder: its segments in order, and all that has to agree with them.</summary>
internal sealed class PartitionVerification(IFileSystem files, PartitionFolder folder, PartitionFacts facts, VerifyOptions options)
{
    private readonly FindingList _findings = new();
    private int _segments;
    private long _bytes;

    internal PartitionFindings Verify()
    {
        Guid topicId = Guid.Empty;
        try
        {
            IReadOnlyList<FileEntry> entries = files.ListFiles(folder.Path);
            long[] baseOffsets =
            [
                .. entries.Select(entry => PartitionFolder.BaseOffsetOf(entry.Name, PartitionFolder.LogSuffix)).Where(offset => offset >= 0).Order(),
            ];
            topicId = CheckTopicId();
            NoteLeftovers(entries, [.. baseOffsets]);
            if (baseOffsets.Length > 0)
            {
                Verify(baseOffsets, entries);
            }
        }
        catch (IOException error)
        {
            _findings.Damage(folder.Path, $"the folder cannot be read: {error.Message}");
        }

        return new PartitionFindings(folder.Path, [.. _findings.All], _findings.Damages, _segments, _bytes, topicId);
    }

    private void Verify(long[] baseOffsets, IReadOnlyList<FileEntry> entries)
    {
        long start = Math.Max(facts.LogStartOffset, baseOffsets[0]);
        long recoveryPoint = facts.RecoveryPoint >= 0 ? facts.RecoveryPoint : baseOffsets[^1];
        LogFindings log = new(
            _findings, new LeaderEpochCheck(ReadEpochs(), start), new TransactionIndexCheck(), facts.IsClean, recoveryPoint, options);
        long end = 0;
        for (int at = 0; at < baseOffsets.Length; at++)
        {
            if (at > 0 && end < baseOffsets[at] && facts.CleanerPoint < 0)
            {
                _findings.Note(
                    folder.File(baseOffsets[at], PartitionFolder.LogSuffix),
                    $"there are no offsets {end} to {baseOffsets[at] - 1} before it: compaction has taken them, or they are lost");
            }

            long limit = at + 1 < baseOffsets.Length ? baseOffsets[at + 1] : long.MaxValue;
            end = Verify(new SegmentVerification(files, folder, log, baseOffsets[at], limit), baseOffsets[at]);
        }

        if (log.Epochs.IsIncomplete)
        {
            _findings.Note(folder.File(PartitionFolder.LeaderEpochFile), "the log begins before the first epoch that it knows");
        }

        CheckCheckpoints(end);
        foreach (FileEntry entry in entries)
        {
            long offset = PartitionFolder.BaseOffsetOf(entry.Name, PartitionFolder.SnapshotSuffix);
            if (offset >= 0)
            {
                CheckSnapshot(log, folder.File(entry.Name), offset, end);
            }
        }
    }

    private long Verify(SegmentVerification segment, long baseOffset)
    {
        string path = folder.File(baseOffset, PartitionFolder.LogSuffix);
        try
        {
            long end = segment.Verify();
            _segments++;
            _bytes += segment.Length;
            return end;
        }
        catch (IOException error) when (error is FileNotFoundException or DirectoryNotFoundException)
        {
            _findings.Note(path, "the segment was deleted meanwhile");
        }
        catch (IOException error)
        {
            _findings.Damage(path, $"the disk does not read it: {error.Message}");
        }

        return baseOffset;
    }

    private List<LeaderEpochEntry> ReadEpochs()
    {
        string path = folder.File(PartitionFolder.LeaderEpochFile);
        return files.TryReadWhole(path) is { } file
            ? SmallFileCheck.LeaderEpochs(file, (position, what) => _findings.Damage(path, what, position))
            : [];
    }

    private Guid CheckTopicId()
    {
        string path = folder.File(PartitionFolder.TopicIdFile);
        return files.TryReadWhole(path) is { } file
            ? SmallFileCheck.TopicId(file, (position, what) => _findings.Damage(path, what, position))
            : Guid.Empty;
    }

    private void CheckCheckpoints(long end)
    {
        if (facts.RecoveryPoint > end)
        {
            _findings.Damage(folder.Path, $"the log ends at offset {end}, but all up to {facts.RecoveryPoint} had been synced to the disk", offset: end);
        }
        else if (facts.IsClean && facts.RecoveryPoint != end)
        {
            // A clean shutdown syncs everything, and says so.
            _findings.Damage(
                folder.Path,
                $"the log ends at offset {end}, but {CheckpointFile.RecoveryPoint} {(facts.RecoveryPoint < 0 ? "does not name it" : $"says {facts.RecoveryPoint}")}",
                offset: end);
        }

        if (facts.LogStartOffset > end)
        {
            _findings.Damage(folder.Path, $"the log ends at offset {end}, below its start {facts.LogStartOffset}", offset: end);
        }

        if (facts.IsClean && Math.Max(facts.HighWatermark, facts.CleanerPoint) is long known && known > end)
        {
            _findings.Damage(folder.Path, $"the log ends at offset {end}, but a checkpoint names {known}", offset: end);
        }
    }

    private void CheckSnapshot(LogFindings log, string path, long offset, long end)
    {
        bool isSettled = log.IsSettled(offset);
        if (files.TryReadWhole(path) is not { } file)
        {
            return;
        }

        if (ProducerSnapshotFile.Decode(file) is not { } producers)
        {
            log.Report(isSettled, path, "the snapshot's version, length or CRC is wrong", 0, offset);
        }
        else if (producers.Any(producer => producer.LastOffset >= offset || producer.TransactionFirstOffset >= offset))
        {
            log.Report(isSettled, path, $"the snapshot tells of offsets from {offset} on", 0, offset);
        }
        else if (offset > end)
        {
            log.Report(facts.IsClean, path, $"the snapshot is of offset {offset}, beyond the log's end {end}", offset: end);
        }
    }

    private void NoteLeftovers(IReadOnlyList<FileEntry> entries, HashSet<long> baseOffsets)
    {
        foreach (FileEntry entry in entries)
        {
            string path = folder.File(entry.Name);
            if (entry.Name.EndsWith(PartitionFolder.CleanedSuffix, StringComparison.Ordinal)
                || entry.Name.EndsWith(PartitionFolder.SwapSuffix, StringComparison.Ordinal))
            {
                _findings.Note(path, "a compaction has left it, and the next start completes it or takes it away");
            }

            foreach (string suffix in (ReadOnlySpan<string>)
                [PartitionFolder.OffsetIndexSuffix, PartitionFolder.TimeIndexSuffix, PartitionFolder.TransactionIndexSuffix])
            {
                long offset = PartitionFolder.BaseOffsetOf(entry.Name, suffix);
                if (offset >= 0 && !baseOffsets.Contains(offset))
                {
                    _findings.Note(path, "it belongs to no segment");
                }
            }
        }
    }
}
