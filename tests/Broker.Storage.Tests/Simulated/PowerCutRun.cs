using System.Buffers.Binary;
using KLog.Broker.Storage.Tests.Support;
using KLog.Protocol;
using KLog.Protocol.Records;
using Microsoft.Extensions.Logging.Abstractions;

namespace KLog.Broker.Storage.Tests.Simulated;

/// <summary>
/// One seeded run: a store on a simulated disk is worked with until the power goes, opened again, compared with what it
/// must hold, and worked with again, a few times over.
/// </summary>
internal sealed class PowerCutRun(int seed)
{
    private const string Folder = "/data";
    private const int Partitions = 3;

    private static readonly Guid TopicId = new("3f2b8c14-9d50-4e3c-9b1a-6d2f7a8e0c11");

    private readonly Random _random = new(seed);
    private readonly ManualTime _time = new();
    private readonly ExpectedLog[] _expected = [.. Enumerable.Range(0, Partitions).Select(_ => new ExpectedLog())];
    private SimulatedDisk _disk = new();
    private LogStore _store = null!;
    private int _leaderEpoch;
    private int _filling;

    /// <summary>Above all sequence numbers that were sent: what a producer goes on with that a log does not remember.</summary>
    private int _sequence;

    /// <summary>Keeps what was done last, for a failure's message.</summary>
    internal List<string> History { get; } = [];

    internal async Task RunAsync()
    {
        _disk.CreateFolder(Folder);
        _disk.SyncFolder("/");
        for (int cuts = 0; cuts < 4; cuts++)
        {
            Open();
            CheckAll();
            _disk.OperationsLeft = _random.Next(1, 300);
            for (int steps = _random.Next(150); steps > 0 && !_disk.IsDead; steps--)
            {
                await StepAsync();
            }

            CutPower();
        }

        Open();
        CheckAll();
    }

    private void CutPower()
    {
        Note($"power cut{(_disk.IsDead ? "" : " after the last step")}");
        _disk.OperationsLeft = -1;
        _disk = _disk.AfterPowerCut(_random);
    }

    /// <summary>Now and then the power goes while a start recovers, too.</summary>
    private void Open()
    {
        while (_random.Next(4) == 0)
        {
            _disk.OperationsLeft = _random.Next(40);
            OpenOnce();
            if (_disk.IsDead)
            {
                CutPower();
            }
            else
            {
                CloseWithoutCare();
            }
        }

        _disk.OperationsLeft = int.MaxValue;
        OpenOnce();
        Assert.False(_store.Directories[0].IsOffline, _store.Directories[0].OfflineReason);
    }

    private void OpenOnce()
    {
        Note("open");
        LogStoreOptions options = new()
        {
            Directories = [Folder],
            ConfigOf = topic => ConfigOf(int.Parse(topic[1..], System.Globalization.CultureInfo.InvariantCulture)),
            Files = _disk,
            RecoveryThreadsPerDirectory = 1,
        };
        _store = LogStore.Open(options, _time, NullLogger.Instance);
    }

    private void CloseWithoutCare()
    {
        foreach (PartitionLog log in _store.All)
        {
            log.Abandon();
        }
    }

    private static LogConfig ConfigOf(int partition) => new()
    {
        SegmentBytes = 5000,
        IndexIntervalBytes = 100,
        SegmentIndexBytes = 1000,
        RetentionMs = -1,
        RetentionBytes = partition == 2 ? 12_000 : -1,
        FlushMessages = partition == 1 ? 1 : long.MaxValue,
    };

    private static TopicPartition NameOf(int partition) => new($"t{partition}", partition);

    private PartitionLog LogOf(int partition) =>
        _store.Find(NameOf(partition)) ?? _store.Create(NameOf(partition), TopicId, ConfigOf(partition));

    private void CheckAll()
    {
        for (int partition = 0; partition < Partitions; partition++)
        {
            new LogCheck(LogOf(partition), _expected[partition], _random).Run();
        }
    }

    private async Task StepAsync()
    {
        int partition = _random.Next(Partitions);
        ExpectedLog expected = _expected[partition];
        try
        {
            PartitionLog log = LogOf(partition);
            await DoAsync(partition, log, expected);
            if (!_disk.IsDead)
            {
                expected.Promise(log.RecoveryPoint);
            }
        }
        catch (IOException) when (_disk.IsDead)
        {
            // As it must be.
        }
    }

    private async Task DoAsync(int partition, PartitionLog log, ExpectedLog expected)
    {
        int action = _random.Next(100);
        Note($"{log}, segments {string.Join(' ', log.SegmentBaseOffsets)}, recovery point {log.RecoveryPoint}: action {action}");
        switch (action)
        {
            case < 50:
                AppendAsLeader(log, expected);
                break;
            case < 60:
                AppendAsFollower(log, expected);
                break;
            case < 68:
                long end = log.LogEndOffset;
                log.Flush();
                expected.Promise(end);
                break;
            case < 71:
                log.FlushSealed();
                break;
            case < 74:
                log.Roll();
                break;
            case < 78:
                log.UpdateHighWatermark(_random.NextInt64(log.HighWatermark, log.LogEndOffset + 1));
                break;
            case < 81:
                long start = _random.NextInt64(log.LogStartOffset, log.HighWatermark + 1);
                expected.RaiseStart(start);
                log.AdvanceLogStart(start);
                break;
            case < 85:
                expected.RaiseStart(log.LogEndOffset);
                log.DeleteOldSegments();
                break;
            case < 88:
                Truncate(log, expected);
                break;
            case < 89:
                StartAnew(log, expected);
                break;
            case < 93:
                _store.WriteCheckpoints();
                break;
            case < 96:
                _time.NowMs += 60_000;
                _store.RunDueDeletions();
                break;
            case < 97:
                await CloseAsync(expected: [.. _expected]);
                break;
            default:
                _leaderEpoch += _random.Next(2);
                log.AssignLeaderEpoch(_leaderEpoch);
                break;
        }
    }

    private void AppendAsLeader(PartitionLog log, ExpectedLog expected)
    {
        byte[] batch = NewBatch(log, _random.Next(3));
        byte[] placed = batch.ToArray();
        RecordBatchFields.SetBaseOffset(placed, log.LogEndOffset);
        RecordBatchFields.SetPartitionLeaderEpoch(placed, _leaderEpoch);
        expected.Batches.Add(new ExpectedBatch(placed));
        Took(log, expected, log.AppendAsLeader(batch, _leaderEpoch, AppendOrigin.Client));
    }

    private void AppendAsFollower(PartitionLog log, ExpectedLog expected)
    {
        byte[] bytes = [];
        long offset = log.LogEndOffset;
        for (int i = _random.Next(1, 4); i > 0; i--)
        {
            byte[] batch = NewBatch(log, producer: 0);
            RecordBatchFields.SetBaseOffset(batch, offset);
            RecordBatchFields.SetPartitionLeaderEpoch(batch, _leaderEpoch);
            expected.Batches.Add(new ExpectedBatch(batch));
            offset = new RecordBatchView(batch).LastOffset + 1;
            bytes = [.. bytes, .. batch];
        }

        Took(log, expected, log.AppendAsFollower(bytes));
    }

    private void Took(PartitionLog log, ExpectedLog expected, LogAppendResult result)
    {
        if (result.Error == ErrorCode.None && log.Config.FlushMessages == 1)
        {
            // Waited for at once, so that one seed is one order of operations.
            result.Flushed?.GetAwaiter().GetResult();
            expected.Promise(result.LastOffset + 1);
        }

        Assert.True(result.Error == ErrorCode.None || _disk.IsDead, $"{result.Error}: {result.ErrorMessage}");
    }

    private byte[] NewBatch(PartitionLog log, int producer)
    {
        int next = log.Producers.ToList().FirstOrDefault(state => state.ProducerId == producer) is { ProducerId: > 0 } known
            ? known.LastSequence + 1
            : _sequence;

        _time.NowMs += _random.Next(3);
        int records = 1 + _random.Next(3);
        _sequence = Math.Max(_sequence, next + records);
        int size = _random.Next(8) == 0 ? _random.Next(1500) : _random.Next(100);
        byte[] batch = Batches.Of(
            records,
            4 + (size / 3),
            _time.NowMs - _random.Next(20),
            producer > 0 ? producer : -1,
            (short)(producer > 0 ? 0 : -1),
            producer > 0 ? next : -1);

        // Every batch differs from all others, so that an old one that comes back is known.
        BinaryPrimitives.WriteInt32BigEndian(batch.AsSpan(batch.Length - 5), ++_filling);
        RecordBatchFields.SetProducer(batch, producer > 0 ? producer : -1, (short)(producer > 0 ? 0 : -1), producer > 0 ? next : -1);
        return batch;
    }

    private void Truncate(PartitionLog log, ExpectedLog expected)
    {
        long offset = _random.NextInt64(log.LogStartOffset, log.LogEndOffset + 1);
        expected.BeginTruncation(offset);
        log.TruncateTo(offset);
        expected.EndTruncation(offset);
    }

    private void StartAnew(PartitionLog log, ExpectedLog expected)
    {
        long offset = log.LogEndOffset + _random.Next(10);
        expected.BeginAnew(offset);
        log.TruncateFullyAndStartAt(offset);
        expected.EndAnew(offset);
    }

    private async Task CloseAsync(ExpectedLog[] expected)
    {
        long[] ends = [.. Enumerable.Range(0, Partitions).Select(partition => LogOf(partition).LogEndOffset)];
        await _store.DisposeAsync();
        if (_disk.IsDead)
        {
            return;
        }

        for (int partition = 0; partition < Partitions; partition++)
        {
            expected[partition].Promise(ends[partition]);
        }

        OpenOnce();
        for (int partition = 0; partition < Partitions && !_disk.IsDead; partition++)
        {
            new LogCheck(LogOf(partition), _expected[partition], _random).Run();
        }
    }

    private void Note(string what) => History.Add(what);
}
