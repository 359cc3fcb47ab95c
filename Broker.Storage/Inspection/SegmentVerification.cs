using System.Buffers;
using KLog.Broker.Storage.Files;
using KLog.Protocol.Records;

namespace KLog.Broker.Storage.Inspection;

/// <summary>
/// Reads one segment from its start to its end, and compares its indexes with it on the way. Bytes are read once, in order.
/// </summary>
/// <param name="limit">Where the next segment starts; the largest long for the last one.</param>
internal sealed class SegmentVerification(IFileSystem files, PartitionFolder folder, LogFindings log, long baseOffset, long limit)
{
    private const int ReadAheadBytes = 1 << 20;
    private const int ProgressBytes = 4 << 20;
    private const int MarkerBytesMax = 64 * 1024;

    private readonly string _path = folder.File(baseOffset, PartitionFolder.LogSuffix);
    private readonly bool _isSettled = log.IsSettled(limit);
    private readonly List<Finding> _suspects = [];
    private OffsetIndexCheck _offsets = null!;
    private TimeIndexCheck _times = null!;
    private bool _hasTimeIndex;
    private long _reportedBytes;
    private int _segmentSize;

    private bool IsLast => limit == long.MaxValue;

    /// <summary>Bytes of the file.</summary>
    internal long Length { get; private set; }

    /// <summary>Answers with the offset after the last batch.</summary>
    internal long Verify()
    {
        // The indexes first: a running broker writes them after the batches.
        byte[]? offsetIndex = files.TryReadWhole(folder.File(baseOffset, PartitionFolder.OffsetIndexSuffix));
        byte[]? timeIndex = files.TryReadWhole(folder.File(baseOffset, PartitionFolder.TimeIndexSuffix));
        byte[]? transactionIndex = files.TryReadWhole(folder.File(baseOffset, PartitionFolder.TransactionIndexSuffix));
        using IStorageFile file = files.Open(_path, FileOpening.ReadOnly);
        Length = file.Length;
        _segmentSize = (int)Math.Min(Length, int.MaxValue);
        _hasTimeIndex = timeIndex is not null;
        _offsets = new OffsetIndexCheck(
            Entries(offsetIndex, PartitionFolder.OffsetIndexSuffix, OffsetIndex.EntrySize), baseOffset, ReportTo(PartitionFolder.OffsetIndexSuffix));
        _times = new TimeIndexCheck(
            Entries(timeIndex, PartitionFolder.TimeIndexSuffix, TimeIndex.EntrySize), baseOffset, ReportTo(PartitionFolder.TimeIndexSuffix));
        _offsets.CheckOrder();
        _times.CheckOrder();
        log.Transactions.OnSegment(transactionIndex, baseOffset, ReportTo(PartitionFolder.TransactionIndexSuffix));
        if (Length > int.MaxValue)
        {
            log.Findings.Damage(_path, $"a segment has no {Length} bytes", int.MaxValue);
        }

        byte[] buffer = ArrayPool<byte>.Shared.Rent(ReadAheadBytes);
        try
        {
            return Scan(file, buffer);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
            Progress(Length);
        }
    }

    private long Scan(IStorageFile file, byte[] buffer)
    {
        long next = baseOffset;
        int whole;
        BatchScanner scanner = new(file, 0, _segmentSize, buffer);
        try
        {
            while (scanner.MoveNext())
            {
                next = OnBatch(ref scanner, next);
                if (scanner.Position - _reportedBytes >= ProgressBytes)
                {
                    Progress(scanner.Position);
                }
            }

            whole = scanner.Position + scanner.BatchSize;
        }
        finally
        {
            scanner.Dispose();
        }

        // A batch that was written by halves is nothing that was promised to be kept.
        bool mayEndSo = IsLast && !log.IsClean && next >= log.RecoveryPoint;
        if (whole < _segmentSize)
        {
            string what = UnreadableBytes.Describe(file, whole, _segmentSize);
            _suspects.Add(new Finding(FindingKind.Damage, _path, next, whole, what));
        }

        foreach (Finding suspect in _suspects)
        {
            log.Findings.Add(mayEndSo ? suspect with { Kind = FindingKind.Note, What = $"{suspect.What}; the next start cuts the log off there" } : suspect);
        }

        bool isWhole = _suspects.Count == 0 && Length == _segmentSize;
        if (_offsets.OnEnd(whole, isWhole) is { } remark && _isSettled)
        {
            log.Findings.Note(folder.File(baseOffset, PartitionFolder.OffsetIndexSuffix), remark);
        }

        _times.OnEnd(_isSettled && _hasTimeIndex, isWhole);
        log.Transactions.OnSegmentEnd(next, isWhole);
        return next;
    }

    /// <summary>Answers with the offset after the batch; the one from before when the batch is not to be believed.</summary>
    private long OnBatch(ref BatchScanner scanner, long next)
    {
        BatchFacts batch = BatchFacts.Of(scanner);
        if (!scanner.IsCrcValid())
        {
            Distrust(new Finding(FindingKind.Damage, _path, batch.BaseOffset, batch.Position, $"the CRC of the batch of {batch.Size} bytes is wrong"));
            return next;
        }

        // What comes after it is whole: it is not the torn end of a log.
        _suspects.ForEach(log.Findings.Add);
        _suspects.Clear();
        if (Fault(scanner, batch, next) is { } fault)
        {
            log.Findings.Damage(_path, fault, batch.Position, batch.BaseOffset);
            _offsets.OnUntrustedBatch(batch.Position);
            _times.OnUntrustedBatch();
            return Math.Max(next, batch.LastOffset < limit ? batch.LastOffset + 1 : next);
        }

        _offsets.OnBatch(batch);
        _times.OnBatch(batch);
        if (log.Epochs.OnBatch(batch) is { } epochFault && log.IsSettled(batch.LastOffset + 1))
        {
            // Epochs of what is not synced yet need not be in the checkpoint.
            log.Findings.Damage(_path, epochFault, batch.Position, batch.BaseOffset);
        }

        log.Transactions.OnBatch(batch);
        if (batch.IsControl && batch.Size <= MarkerBytesMax)
        {
            log.Transactions.OnControlBatch(batch, scanner.Batch().ToArray());
        }

        if (log.Options.Records && RecordsCheck.Fault(ref scanner) is { } recordFault)
        {
            log.Findings.Damage(_path, recordFault, batch.Position, batch.BaseOffset);
        }

        return batch.LastOffset + 1;
    }

    private string? Fault(in BatchScanner scanner, in BatchFacts batch, long next) =>
        BatchFacts.HeaderFault(scanner) is { } header ? header
        : batch.BaseOffset < next ? $"the batch starts at offset {batch.BaseOffset}, but what lies before it ends at offset {next - 1}"
        : batch.LastOffset >= limit ? $"the batch's offsets {batch.BaseOffset} to {batch.LastOffset} reach into the next segment, which starts at {limit}"
        : batch.LastOffset - baseOffset > int.MaxValue ? $"the batch's last offset {batch.LastOffset} is too far from the segment's first"
        : null;

    private void Distrust(Finding suspect)
    {
        _suspects.Add(suspect);
        _offsets.OnUntrustedBatch((int)suspect.Position);
        _times.OnUntrustedBatch();
    }

    /// <summary>The entries of an index, without the zeroes of a preallocated file.</summary>
    private ReadOnlyMemory<byte> Entries(byte[]? file, string suffix, int entrySize)
    {
        if (file is null)
        {
            if (_isSettled && Length > 0)
            {
                log.Findings.Damage(folder.File(baseOffset, suffix), "the file is missing");
            }

            return default;
        }

        if (file.Length % entrySize != 0)
        {
            ReportTo(suffix)(file.Length / entrySize * entrySize, -1, "the file ends within an entry");
        }

        int used = entrySize == OffsetIndex.EntrySize ? OffsetIndex.UsedLength(file) : TimeIndex.UsedLength(file);
        return file.AsMemory(0, used);
    }

    private Action<int, long, string> ReportTo(string suffix)
    {
        string path = folder.File(baseOffset, suffix);
        return (position, offset, what) => log.Report(_isSettled, path, what, position, offset);
    }

    private void Progress(long position)
    {
        log.Options.OnBytes?.Invoke(position - _reportedBytes);
        _reportedBytes = position;
    }
}
