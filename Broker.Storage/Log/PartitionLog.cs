using KLog.Broker.Storage.Files;
using KLog.Protocol;

namespace KLog.Broker.Storage;

/// <summary>
/// One partition's log on this broker's disk: segments in a folder, offsets from <see cref="LogStartOffset"/> to
/// <see cref="LogEndOffset"/>, with what belongs to it (leader epochs, producers).
/// Writers take one lock; readers take none.
/// </summary>
/// <remarks>
/// What is written before what: an append writes the bytes, then publishes the segment's size, then the tail window
/// (end offset together with end position), then <see cref="LogEndOffset"/>. A reader takes the end offset first, so
/// everything below it can be found. A roll publishes the new list of segments before the first append to the new one.
/// A deletion raises the log's start before it takes segments off the list.
/// Locks are taken in this order: replacing, flushing, writer.
/// </remarks>
public sealed partial class PartitionLog
{
    private readonly StorageResources _resources;
    private readonly BackgroundWork _background;
    private readonly Lock _writer;
    private readonly Lock _flushing = new();
    private readonly GroupCommit _groupCommit;
    private readonly TailWindow _tail;
    private volatile PartitionFolder _folder;
    private volatile LogDirectory _directory;
    private volatile SegmentList _segments;
    private volatile LogConfig _config;
    private long _logStartOffset;
    private long _logEndOffset;
    private long _highWatermark;
    private long _recoveryPoint;
    private long _lastFlushMs;
    private volatile bool _isClosed;
    private volatile bool _folderIsDirty = true;
    private volatile bool _isNew;

    internal PartitionLog(
        StorageResources resources,
        BackgroundWork background,
        LogDirectory directory,
        PartitionFolder folder,
        TopicPartition partition,
        Guid topicId,
        LogConfig config,
        LoadedLog loaded)
    {
        _resources = resources;
        _background = background;
        _folder = folder;
        _directory = directory;
        _config = config;
        _writer = loaded.Writer;
        _segments = loaded.Segments;
        _logStartOffset = loaded.LogStartOffset;
        _logEndOffset = loaded.LogEndOffset;
        _highWatermark = loaded.HighWatermark;
        _recoveryPoint = loaded.RecoveryPoint;
        _lastFlushMs = resources.NowMs;
        _isNew = loaded.IsNew;
        _tail = new TailWindow(loaded.Segments.Active, loaded.LogEndOffset);
        _groupCommit = new GroupCommit(Flush, () => Directory.FlushThreads);
        TopicPartition = partition;
        TopicId = topicId;
        LeaderEpochs = loaded.LeaderEpochs;
        Producers = loaded.Producers;
    }

    public TopicPartition TopicPartition { get; }

    /// <summary>Empty when the folder does not tell: it was made before topics had ids.</summary>
    public Guid TopicId { get; private set; }

    /// <summary>Another one once the log has moved.</summary>
    public LogDirectory Directory
    {
        get => _directory;
        private set => _directory = value;
    }

    /// <summary>The partition's folder.</summary>
    public string Path => _folder.Path;

    /// <summary>
    /// No topic of the cluster owns the log: its retention is not known, and so nothing of it is deleted or compacted.
    /// </summary>
    public bool IsLeftAlone { get; set; }

    /// <summary>May be replaced at any time; the next append or check goes by the new one.</summary>
    public LogConfig Config
    {
        get => _config;
        set => _config = value;
    }

    public LeaderEpochCache LeaderEpochs { get; }

    public ProducerStateTable Producers { get; }

    /// <summary>The first offset that may be read.</summary>
    public long LogStartOffset => Volatile.Read(ref _logStartOffset);

    /// <summary>The offset that the next record gets. Whoever sees it can read everything below.</summary>
    public long LogEndOffset => Volatile.Read(ref _logEndOffset);

    /// <summary>
    /// Up to where all in-sync replicas have the log. Kept here, because retention stops at it and because it is written
    /// to <c>replication-offset-checkpoint</c>; raised by whoever leads or follows (<see cref="UpdateHighWatermark"/>).
    /// </summary>
    public long HighWatermark => Volatile.Read(ref _highWatermark);

    /// <summary>What a read_committed consumer may see up to.</summary>
    public long LastStableOffset => Math.Min(HighWatermark, Producers.FirstUnstableOffset);

    /// <summary>Called after each sync that has moved the recovery point, on the thread that synced. Must be quick.</summary>
    public Action? OnFlushed { get; set; }

    /// <summary>Up to where the log was synced to the disk.</summary>
    public long RecoveryPoint => Volatile.Read(ref _recoveryPoint);

    /// <summary>
    /// From where a start after a crash has to read the log. Starts read whole segments, so this is where the first one begins
    /// that has something unsynced, be it the indexes only: those of the active segment are, and stay so when it is rolled.
    /// </summary>
    internal long RecoveryPointToKeep
    {
        get
        {
            long recoveryPoint = RecoveryPoint;
            SegmentList segments = _segments;
            int first = FirstUnsynced(segments, recoveryPoint);
            return segments[first].IsSynced ? recoveryPoint : Math.Min(recoveryPoint, segments[first].BaseOffset);
        }
    }

    public long SizeInBytes => _segments.SizeInBytes;

    public int SegmentCount => _segments.Count;

    public IReadOnlyList<long> SegmentBaseOffsets
    {
        get
        {
            SegmentList segments = _segments;
            long[] offsets = new long[segments.Count];
            for (int i = 0; i < offsets.Length; i++)
            {
                offsets[i] = segments[i].BaseOffset;
            }

            return offsets;
        }
    }

    /// <summary>
    /// Raises the high watermark: a lower offset changes nothing, so that appends that race do not take back what
    /// another one has published. Only a truncation lowers it. What lies above the log's end is brought down to it.
    /// </summary>
    public void UpdateHighWatermark(long offset)
    {
        offset = Math.Min(offset, LogEndOffset);
        long known = HighWatermark;
        while (offset > known)
        {
            long seen = Interlocked.CompareExchange(ref _highWatermark, offset, known);
            if (seen == known)
            {
                break;
            }

            known = seen;
        }

        if (Producers.HasUnreplicatedTransactions)
        {
            lock (_writer)
            {
                Producers.OnHighWatermark(HighWatermark);
            }
        }
    }

    /// <summary>Notes that a leader epoch starts at the log's end: for whoever becomes leader.</summary>
    public void AssignLeaderEpoch(int epoch)
    {
        lock (_writer)
        {
            LeaderEpochs.Assign(epoch, _logEndOffset);
        }
    }

    /// <summary>
    /// A log that was made before its topic had an id, or whose <c>partition.metadata</c> did not survive, gets it.
    /// </summary>
    /// <exception cref="InvalidOperationException">The folder belongs to another topic of the same name.</exception>
    public void AssignTopicId(Guid topicId)
    {
        if (TopicId == topicId)
        {
            return;
        }

        if (TopicId != Guid.Empty)
        {
            throw new InvalidOperationException($"{_folder.Path} belongs to topic id {TopicId}, not {topicId}.");
        }

        lock (_writer)
        {
            PartitionMetadataFile.Write(_resources.Files, _folder, topicId);
            TopicId = topicId;
            _folderIsDirty = true;
        }
    }

    public override string ToString() => $"{TopicPartition} [{LogStartOffset}, {LogEndOffset})";

    private LogAppendResult Failed(ErrorCode error, string? message, (int BatchIndex, string? Message)[]? recordErrors = null) =>
        LogAppendResult.Failed(error, message, recordErrors, LogStartOffset);

    /// <summary>Has the folder's disk been given up?</summary>
    private bool IsUnusable => _isClosed || Directory.IsOffline;
}
