using KLog.Broker.Replication;
using KLog.Broker.Storage;
using KLog.Protocol;
using KLog.Protocol.Records;
using Microsoft.Extensions.Logging.Abstractions;

namespace KLog.Broker.Tests.Replication;

/// <summary>klog.expose=flushed: consumers see a record once it is on the disk, and waiting fetches are woken then.</summary>
public sealed class ExposureTests : IAsyncLifetime
{
    private static readonly TopicPartition T0 = new("t", 0);

    private readonly string _folder = Directory.CreateTempSubdirectory("klog-exposure-").FullName;
    private LogStore _logs = null!;

    public Task InitializeAsync()
    {
        _logs = Open();
        return Task.CompletedTask;
    }

    public async Task DisposeAsync()
    {
        await _logs.DisposeAsync();
        Directory.Delete(_folder, recursive: true);
    }

    [Fact]
    public async Task A_record_is_seen_once_it_is_flushed()
    {
        Partition partition = Lead(new LogConfig { ExposesFlushedOnly = true });
        using DelayedFetch waiting = new(TimeSpan.FromMinutes(1), TimeProvider.System, CancellationToken.None);
        partition.Watch(waiting);
        partition.Append(Batch(), acks: 1);
        Assert.Equal((1, 0), (partition.Log.LogEndOffset, partition.HighWatermark));
        Assert.False(waiting.NextAsync().IsCompleted);
        partition.Log.Flush();
        await waiting.NextAsync();
        Assert.Equal(1, partition.HighWatermark);
    }

    [Fact]
    public async Task With_flush_messages_an_acknowledged_record_is_seen()
    {
        Partition partition = Lead(new LogConfig { ExposesFlushedOnly = true, FlushMessages = 1 });
        for (int i = 1; i <= 20; i++)
        {
            await partition.Append(Batch(), acks: 1).Flushed!;
            Assert.Equal(i, partition.HighWatermark);
        }
    }

    [Fact]
    public async Task What_a_crash_has_left_unflushed_is_flushed_by_the_next_leader()
    {
        LogConfig config = new() { ExposesFlushedOnly = true };
        Lead(config).Append(Batch(), acks: 1);
        foreach (LogDirectory directory in _logs.Directories)
        {
            directory.Dispose(); // The lock; nothing is closed, as when the process is killed.
        }

        _logs = Open();
        using DelayedFetch waiting = new(TimeSpan.FromMinutes(1), TimeProvider.System, CancellationToken.None);
        Partition partition = Lead(config);
        partition.Watch(waiting);
        while (partition.HighWatermark < 1)
        {
            await waiting.NextAsync().WaitAsync(TimeSpan.FromMilliseconds(100)).ContinueWith(_ => { }, TaskScheduler.Default);
        }

        Assert.Equal(1, partition.Log.RecoveryPoint);
    }

    [Fact]
    public void Otherwise_it_is_seen_at_once()
    {
        Partition partition = Lead(LogConfig.Default);
        partition.Append(Batch(), acks: 1);
        Assert.Equal((1, 0), (partition.HighWatermark, partition.Log.RecoveryPoint));
    }

    private Partition Lead(LogConfig config) =>
        new ReplicaSet(_logs).Lead(T0, Guid.Empty, config, new LeaderState(0, [0], [0], 0));

    private LogStore Open() => LogStore.Open(
        new LogStoreOptions { Directories = [_folder] }, TimeProvider.System, NullLogger.Instance);

    private static byte[] Batch()
    {
        using RecordBatchBuilder builder = new(CompressionType.None);
        builder.Append(DateTimeOffset.UtcNow.ToUnixTimeMilliseconds(), default, "v"u8.ToArray());
        return builder.ToArray();
    }
}
