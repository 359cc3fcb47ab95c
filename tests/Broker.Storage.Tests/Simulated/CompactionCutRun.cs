using System.Globalization;
using System.Text;
using KLog.Broker.Storage.Tests.Compaction;
using KLog.Broker.Storage.Tests.Support;
using KLog.Protocol;
using KLog.Protocol.Records;
using Microsoft.Extensions.Logging.Abstractions;

namespace KLog.Broker.Storage.Tests.Simulated;

/// <summary>
/// One seeded run: a compacted log on a simulated disk is written to, cleaned and moved between two folders until the power
/// goes. What was flushed is there afterwards: of every key the newest record, and above what was cleaned every record.
/// </summary>
internal sealed class CompactionCutRun(int seed)
{
    private const int Keys = 6;

    private static readonly string[] Folders = ["/a", "/b"];
    private static readonly TopicPartition Name = new("compacted", 0);
    private static readonly Guid TopicId = new("3f2b8c14-9d50-4e3c-9b1a-6d2f7a8e0c11");

    private static readonly LogConfig Config = new()
    {
        CleanupPolicy = CleanupPolicy.Compact,
        SegmentBytes = 600,
        IndexIntervalBytes = 100,
        SegmentIndexBytes = 1000,
        MinCleanableDirtyRatio = 0,
        DeleteRetentionMs = 60_000,
        RetentionMs = -1,
        RetentionBytes = -1,
    };

    private readonly Random _random = new(seed);
    private readonly ManualTime _time = new();
    private readonly List<(string Key, string? Value)> _written = [];

    /// <summary>Unflushed records that a cut has taken though a later segment survived, or that were cleaned before it.</summary>
    private readonly HashSet<int> _lost = [];
    private SimulatedDisk _disk = new();
    private LogStore _store = null!;
    private long _durable;
    private long _cleaned;

    /// <summary>Keeps what was done last, for a failure's message.</summary>
    internal List<string> History { get; } = [];

    private PartitionLog Log => _store.Find(Name) ?? _store.Create(Name, TopicId, Config);

    internal async Task RunAsync()
    {
        foreach (string folder in Folders)
        {
            _disk.CreateFolder(folder);
        }

        _disk.SyncFolder("/");
        for (int cuts = 0; cuts < 4; cuts++)
        {
            Open();
            Check(isAfterCut: true);
            _disk.OperationsLeft = _random.Next(1, 500);
            for (int steps = _random.Next(200); steps > 0 && !_disk.IsDead; steps--)
            {
                await StepAsync();
            }

            History.Add($"power cut{(_disk.IsDead ? "" : " after the last step")}");
            _disk.OperationsLeft = -1;
            _disk = _disk.AfterPowerCut(_random);
        }

        Open();
        Check(isAfterCut: true);
    }

    private void Open()
    {
        History.Add("open");
        _disk.OperationsLeft = int.MaxValue;
        LogStoreOptions options = new()
        {
            Directories = Folders,
            ConfigOf = _ => Config,
            Files = _disk,
            RecoveryThreadsPerDirectory = 1,
        };
        _store = LogStore.Open(options, _time, NullLogger.Instance);
        Assert.All(_store.Directories, directory => Assert.False(directory.IsOffline, directory.OfflineReason));
    }

    private async Task StepAsync()
    {
        try
        {
            PartitionLog log = Log;
            int action = _random.Next(100);
            History.Add($"{log} in {log.Directory.Path}, segments {string.Join(' ', log.SegmentBaseOffsets)}, end {log.LogEndOffset}: action {action}");
            switch (action)
            {
                case < 60:
                    Append(log);
                    break;
                case < 68:
                    long end = log.LogEndOffset;
                    log.Flush();
                    Promise(end);
                    break;
                case < 74:
                    log.Roll();
                    break;
                case < 84:
                    Clean(log);
                    break;
                case < 89:
                    await MoveAsync(log);
                    break;
                case < 94:
                    _store.WriteCheckpoints();
                    break;
                default:
                    _time.NowMs += 61_000;
                    _store.RunDueDeletions();
                    break;
            }

            CheckWhileAlive(log);
        }
        catch (IOException) when (_disk.IsDead)
        {
            // As it must be.
        }
    }

    /// <summary>What was rolled off is synced by another thread: the power must not go while the log is looked at.</summary>
    private void CheckWhileAlive(PartitionLog log)
    {
        int left = _disk.OperationsLeft;
        if (left >= 0)
        {
            _disk.OperationsLeft = int.MaxValue;
            Promise(log.RecoveryPoint);
            Check();
            _disk.OperationsLeft = left;
        }
    }

    private void Append(PartitionLog log)
    {
        using RecordBatchBuilder builder = new();
        int count = 1 + _random.Next(3);
        for (int i = 0; i < count; i++)
        {
            string key = $"k{_random.Next(Keys)}";
            string? value = _random.Next(6) == 0 ? null : string.Create(CultureInfo.InvariantCulture, $"{_written.Count}");
            builder.Append(_time.NowMs, Encoding.UTF8.GetBytes(key), value is null ? null : Encoding.UTF8.GetBytes(value));
            _written.Add((key, value));
        }

        LogAppendResult result = log.AppendAsLeader(builder.ToArray(), 0, AppendOrigin.Client);
        Assert.True(result.Error == ErrorCode.None || _disk.IsDead, $"{result.Error}: {result.ErrorMessage}");
        log.UpdateHighWatermark(log.LogEndOffset);
    }

    private void Clean(PartitionLog log)
    {
        // Where the power goes meanwhile, all but the active segment may be clean.
        long before = _cleaned;
        _cleaned = Math.Max(_cleaned, log.SegmentBaseOffsets[^1]);
        _store.CleanDirtiest();
        if (!_disk.IsDead)
        {
            _cleaned = Math.Max(before, log.CleanOffset);
        }
    }

    private async Task MoveAsync(PartitionLog log)
    {
        LogDirectory target = _store.Directories.Single(directory => directory != log.Directory);
        if (_store.Move(log, target) is { } move)
        {
            bool isThere = await move.Completion;
            Assert.True(isThere || _disk.IsDead, $"{log} stays in {log.Directory.Path}, though nothing stands in the way");
        }
    }

    private void Promise(long offset)
    {
        if (!_disk.IsDead)
        {
            _durable = Math.Max(_durable, offset);
        }
    }

    private void Check(bool isAfterCut = false)
    {
        PartitionLog log = Log;
        long end = log.LogEndOffset;
        Assert.True(end >= _durable, $"{log} ends at {end}, before {_durable}, up to where it was flushed");
        Assert.True(end <= _written.Count, $"{log} ends at {end}, and only {_written.Count} records were ever written");
        _written.RemoveRange((int)end, (int)(_written.Count - end));
        _lost.RemoveWhere(offset => offset >= end);
        _cleaned = Math.Min(_cleaned, end);
        Dictionary<long, StoredRecord> found = LogContents.Read(log).SelectMany(batch => batch.Records).ToDictionary(record => record.Offset);
        foreach (StoredRecord record in found.Values)
        {
            Assert.True(_written[(int)record.Offset] == (record.Key!, record.Value), $"{log} has {record}, not {_written[(int)record.Offset]}");
        }

        Dictionary<string, int> newest = [];
        for (int offset = 0; offset < _written.Count; offset++)
        {
            if (!found.ContainsKey(offset) && (_lost.Contains(offset) || (isAfterCut && offset >= _durable)))
            {
                _lost.Add(offset);
                continue;
            }

            newest[_written[offset].Key] = offset;
            Assert.True(offset < _cleaned || found.ContainsKey(offset), $"{log} has lost offset {offset}, and was cleaned up to {_cleaned} only");
        }

        foreach ((string key, int offset) in newest)
        {
            bool isKept = found.ContainsKey(offset);
            bool isGone = _written[offset].Value is null && !found.Values.Any(record => record.Key == key);
            Assert.True(isKept || isGone, $"{log} has lost the newest record of {key}, at offset {offset}");
        }
    }
}
