using KLog.Broker.Storage.Files;
using KLog.Protocol.Records;

namespace KLog.Broker.Storage;

/// <summary>A batch's place in its segment's file.</summary>
internal readonly record struct BatchPlace(long BaseOffset, int Position, int Size);

/// <summary>
/// A stretch of the log in one file, with its indexes. Its offsets start at or after <see cref="BaseOffset"/>, and lie
/// at most a positive int above it. The last one of a log is active, and grows; the others are sealed.
/// Members marked so are for the log's writer alone; the rest is for any thread.
/// </summary>
internal sealed partial class LogSegment
{
    private const long Unknown = long.MinValue;

    private readonly Lock _checking = new();

    private readonly StorageResources _resources;
    private readonly PartitionFolder _folder;
    private readonly string _stage;
    private int _size;
    private int _bytesSinceIndexEntry;
    private long _firstTimestamp = Unknown;
    private long _largestTimestamp = Unknown;
    private long _largestOffset;
    private volatile bool _indexesAreChecked;
    private volatile bool _isSynced;
    private bool _isPreallocated;
    private bool _hasWrongIndex;

    /// <param name="resources">Of the process.</param>
    /// <param name="folder">The partition's.</param>
    /// <param name="baseOffset">Names the files.</param>
    /// <param name="size">Of the file, in bytes.</param>
    /// <param name="changedMs">When it was last written.</param>
    /// <param name="stage">What the files' names end with while the segment is not part of the log yet.</param>
    internal LogSegment(
        StorageResources resources, PartitionFolder folder, long baseOffset, int size, long changedMs, string stage = "")
    {
        _resources = resources;
        _folder = folder;
        _stage = stage;
        _size = size;
        BaseOffset = baseOffset;
        CreatedMs = changedMs;
        LastWriteMs = changedMs;
        File = new SegmentFile(resources, folder, baseOffset, stage);
        Indexes = new SegmentIndexes(resources, folder, baseOffset, stage);
    }

    internal long BaseOffset { get; }

    internal SegmentFile File { get; }

    internal SegmentIndexes Indexes { get; }

    /// <summary>Bytes that may be read. Published after they were written.</summary>
    internal int Size => Volatile.Read(ref _size);

    /// <summary>When the segment was made, or its file last written before it was opened, ms.</summary>
    internal long CreatedMs { get; private set; }

    /// <summary>When bytes were last written, ms: what retention goes by where no record has a timestamp.</summary>
    internal long LastWriteMs { get; private set; }

    /// <summary>How much earlier than segment.ms this one rolls, so that not all partitions roll at once.</summary>
    internal long JitterMs { get; init; }

    /// <summary>Its files are going, or gone: what fails because of that is no fault of the disk.</summary>
    internal bool IsDeleted { get; private set; }

    /// <summary>All its files are on the disk as they are: recovery need not read it.</summary>
    internal bool IsSynced
    {
        get => _isSynced;
        set => _isSynced = value;
    }

    internal string TransactionIndexPath => PathOf(PartitionFolder.TransactionIndexSuffix);

    internal string PathOf(string suffix) => _folder.File(BaseOffset, suffix + _stage);

    /// <summary>
    /// Makes the file, as an empty active segment. With preallocate=true it has its whole size at once, and is cut back
    /// when it is sealed; until then, and after a crash, zeroes follow the records, which recovery takes for no batch.
    /// </summary>
    internal static LogSegment Create(StorageResources resources, PartitionFolder folder, long baseOffset, LogConfig config)
    {
        LogSegment segment = new(resources, folder, baseOffset, 0, resources.NowMs)
        {
            JitterMs = JitterOf(config),
            _isPreallocated = config.Preallocate,
        };
        segment.File.Create(config.Preallocate ? config.SegmentBytes : 0);
        segment.Indexes.StartEmpty();
        segment.StartEmpty();
        return segment;
    }

    /// <summary>Writer. The same segment in another folder, to which its files were copied; nobody appends to this one any more.</summary>
    /// <param name="isSynced">All files of the copy are, and not the records only.</param>
    internal LogSegment MovedTo(PartitionFolder folder, bool isSynced) => new(_resources, folder, BaseOffset, _size, LastWriteMs)
    {
        IsSynced = isSynced,
        CreatedMs = CreatedMs,
        JitterMs = JitterMs,
        _bytesSinceIndexEntry = _bytesSinceIndexEntry,
        _firstTimestamp = _firstTimestamp,
        _largestTimestamp = _largestTimestamp,
        _largestOffset = _largestOffset,
        _indexesAreChecked = _indexesAreChecked,
    };

    internal static long JitterOf(LogConfig config) =>
        config.SegmentJitterMs <= 0 ? 0 : Random.Shared.NextInt64(Math.Min(config.SegmentJitterMs, config.MaxSegmentMs));

    /// <summary>
    /// The largest timestamp, -1 when no record has one. Of a sealed segment, from the time index when it is first
    /// asked for; the active one's is known before the first append, so that only the writer sets it.
    /// </summary>
    internal long LargestTimestampMs
    {
        get
        {
            long known = Volatile.Read(ref _largestTimestamp);
            if (known != Unknown)
            {
                return known;
            }

            CheckIndexes();
            TimestampOffset last = Indexes.LastTimestamp();
            SetLargest(last);
            return last.TimestampMs;
        }
    }

    /// <summary>
    /// With the last offset of the first batch that has it. The two belong together in a sealed segment, and in the
    /// active one under the writer lock.
    /// </summary>
    internal TimestampOffset Largest => new(LargestTimestampMs, Volatile.Read(ref _largestOffset));

    /// <summary>Writer. Whether these bytes belong into a new segment.</summary>
    internal bool MustRoll(LogConfig config, int bytes, in LogAppendInfo append, long nowMs)
    {
        int size = _size;
        return size > config.SegmentBytes - bytes
            || (size > 0 && WaitedMs(append.MaxTimestamp, nowMs) > config.MaxSegmentMs - JitterMs)
            || Indexes.IsFull(config.SegmentIndexBytes)
            || append.LastOffset - BaseOffset > int.MaxValue;
    }

    /// <summary>
    /// Writer. One write, then the index entries when they are due, then the new size is published. When the write
    /// throws, nothing has changed but that the file may be longer than <see cref="Size"/>.
    /// </summary>
    internal void Append(ReadOnlySpan<byte> bytes, in LogAppendInfo append, int indexIntervalBytes, long nowMs)
    {
        int position = _size;
        IsSynced = false;
        File.Write(bytes, position);
        LastWriteMs = nowMs;
        Note(append, position, indexIntervalBytes);
        _bytesSinceIndexEntry += bytes.Length;
        Volatile.Write(ref _size, position + bytes.Length);
    }

    /// <summary>Writer. The parts of an append that recovery repeats for each batch that it finds.</summary>
    internal void Note(in LogAppendInfo append, int position, int indexIntervalBytes)
    {
        if (position == 0)
        {
            _firstTimestamp = append.MaxTimestamp;
        }

        if (append.MaxTimestamp > LargestTimestampMs)
        {
            SetLargest(new TimestampOffset(append.MaxTimestamp, append.OffsetOfMaxTimestamp));
        }

        if (_bytesSinceIndexEntry > indexIntervalBytes)
        {
            Indexes.Add(new OffsetPosition(append.LastOffset, position), Largest);
            _bytesSinceIndexEntry = 0;
        }
    }

    /// <summary>Writer. As <see cref="Note"/>, for a batch that lies in the file already.</summary>
    internal void NoteRecovered(in LogAppendInfo append, int position, int size, int indexIntervalBytes)
    {
        Note(append, position, indexIntervalBytes);
        _bytesSinceIndexEntry += size;
    }

    /// <summary>Writer. Takes no more appends from now on.</summary>
    internal void Seal()
    {
        if (_isPreallocated)
        {
            File.SetLength(_size);
            _isPreallocated = false;
        }

        Indexes.Seal(Largest);
    }

    /// <summary>Writer. As <see cref="Seal"/>, after a recovery.</summary>
    internal void SealAnew(bool sync) => Indexes.SealAnew(Largest, sync);

    /// <exception cref="FileNotFoundException">The segment <see cref="IsDeleted"/>, or someone took its files away.</exception>
    internal void Sync(bool withIndexes)
    {
        File.Sync();
        if (!withIndexes)
        {
            return;
        }

        Indexes.Sync();
        foreach (string suffix in (ReadOnlySpan<string>)[PartitionFolder.TransactionIndexSuffix, PartitionFolder.SnapshotSuffix])
        {
            _resources.Files.SyncIfThere(_folder.File(BaseOffset, suffix));
        }

        IsSynced = true;
    }

    /// <summary>Writer. Forgets what was learnt by scanning; the indexes are empty, and take entries.</summary>
    internal void StartRecovery()
    {
        Indexes.Reset();
        StartEmpty();
    }

    private void StartEmpty()
    {
        _indexesAreChecked = true;
        SetLargest(new TimestampOffset(RecordBatchView.NoTimestamp, BaseOffset));
        _firstTimestamp = Unknown;
        _bytesSinceIndexEntry = 0;
    }

    /// <summary>Writer. Cuts the file off.</summary>
    internal void SetSize(int size)
    {
        File.SetLength(size);
        Volatile.Write(ref _size, size);
    }

    /// <summary>Makes its files go by other names: they are on the way to deletion.</summary>
    internal void MarkDeleted()
    {
        IsDeleted = true;
        foreach (string suffix in PartitionFolder.SegmentSuffixes)
        {
            string path = _folder.File(BaseOffset, suffix);
            if (_resources.Files.FileExists(path))
            {
                _resources.Files.MoveFile(path, path + PartitionFolder.DeletedSuffix);
            }
        }
    }

    /// <summary>Deletes what <see cref="MarkDeleted"/> renamed. Whoever reads it goes on reading.</summary>
    internal void DeleteFiles()
    {
        Close();
        foreach (string suffix in PartitionFolder.SegmentSuffixes)
        {
            _resources.Files.DeleteFile(_folder.File(BaseOffset, suffix) + PartitionFolder.DeletedSuffix);
        }
    }

    /// <summary>Gives back what is open and not in use.</summary>
    internal void Close()
    {
        Indexes.Close();
        File.Close();
    }

    /// <summary>Looks at the indexes once, when they are first used, and makes them anew when they cannot be right.</summary>
    internal void CheckIndexes()
    {
        if (_indexesAreChecked)
        {
            return;
        }

        lock (_checking)
        {
            if (!_indexesAreChecked && !Indexes.ArePlausible(Size))
            {
                RebuildIndexes(LogConfig.Default.IndexIntervalBytes);
            }

            _indexesAreChecked = true;
        }
    }

    /// <summary>
    /// Of a sealed segment; its readers go on meanwhile. Synced, because what lies below the recovery point is not made
    /// anew by the next start.
    /// </summary>
    internal void RebuildIndexes(int indexIntervalBytes)
    {
        _indexesAreChecked = true;
        StartRecovery();
        IStorageFile file = File.Acquire();
        BatchScanner scanner = new(file, 0, Size, stackalloc byte[ScanBytes]);
        try
        {
            // A damaged batch may name any offset: from one that no index can hold on, there are no entries.
            while (scanner.MoveNext() && scanner.BaseOffset >= BaseOffset && scanner.LastOffset - BaseOffset is >= 0 and <= int.MaxValue)
            {
                LogAppendInfo batch = new(scanner.BaseOffset, scanner.LastOffset, scanner.MaxTimestamp, scanner.LastOffset);
                NoteRecovered(batch, scanner.Position, scanner.BatchSize, indexIntervalBytes);
            }
        }
        finally
        {
            scanner.Dispose();
            File.Release();
        }

        SealAnew(sync: true);
    }

    // The offset first: whoever sees the timestamp sees its offset.
    private void SetLargest(TimestampOffset largest)
    {
        Volatile.Write(ref _largestOffset, largest.Offset);
        Volatile.Write(ref _largestTimestamp, largest.TimestampMs);
    }

    /// <summary>
    /// How long the segment has waited to be rolled: from its first batch's timestamp to the one given; by the clock,
    /// from when it was made, when the first batch has none.
    /// </summary>
    private long WaitedMs(long timestampMs, long nowMs)
    {
        if (_firstTimestamp == Unknown)
        {
            _firstTimestamp = ReadFirstTimestamp();
        }

        return _firstTimestamp >= 0 ? timestampMs - _firstTimestamp : nowMs - CreatedMs;
    }
}
