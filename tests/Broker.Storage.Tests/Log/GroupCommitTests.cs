using KLog.Broker.Storage.Tests.Support;
using KLog.Protocol;

namespace KLog.Broker.Storage.Tests.Log;

public class GroupCommitTests
{
    private static readonly LogConfig EachFlushed = new() { FlushMessages = 1 };

    [Fact]
    public async Task Appends_go_on_while_a_sync_runs_and_the_next_one_serves_them_all()
    {
        FaultyFileSystem disk = new();
        using SemaphoreSlim entered = new(0);
        using SemaphoreSlim mayGoOn = new(0);
        int syncs = 0;
        using TestStore test = new(EachFlushed, disk);
        PartitionLog log = test.Log;
        disk.OnSync = () =>
        {
            Interlocked.Increment(ref syncs);
            entered.Release();
            mayGoOn.Wait(TimeSpan.FromSeconds(10));
        };
        Task first = Append(log);
        await entered.WaitAsync();
        Task[] others = [.. Enumerable.Range(0, 20).Select(_ => Append(log))];
        Assert.Equal(21, log.LogEndOffset);
        Assert.False(first.IsCompleted);
        Assert.Equal(0, log.RecoveryPoint);

        mayGoOn.Release();
        await first;
        await entered.WaitAsync();
        Assert.DoesNotContain(others, each => each.IsCompleted);
        mayGoOn.Release();
        await Task.WhenAll(others);
        Assert.Equal(2, syncs);
        Assert.Equal(21, log.RecoveryPoint);
        disk.OnSync = null;
    }

    [Fact]
    public async Task A_failed_sync_fails_all_who_waited_for_it()
    {
        FaultyFileSystem disk = new();
        using TestStore test = new(EachFlushed, disk);
        PartitionLog log = test.Log;
        using SemaphoreSlim entered = new(0);
        using SemaphoreSlim mayGoOn = new(0);
        disk.OnSync = () =>
        {
            entered.Release();
            mayGoOn.Wait(TimeSpan.FromSeconds(10));
            disk.SyncFails = true;
        };
        Task[] appends = [Append(log), Append(log), Append(log)];
        await entered.WaitAsync();
        mayGoOn.Release(2);
        foreach (Task append in appends)
        {
            await Assert.ThrowsAsync<IOException>(() => append);
        }

        Assert.True(log.Directory.IsOffline);
        Assert.Equal(ErrorCode.KafkaStorageError, log.AppendAsLeader(Batches.Of(1), 0, AppendOrigin.Client).Error);
    }

    [Fact]
    public async Task Only_the_append_that_fills_the_measure_waits()
    {
        using TestStore test = new(new LogConfig { FlushMessages = 10 });
        Assert.Null(test.Log.AppendAsLeader(Batches.Of(4), 0, AppendOrigin.Client).Flushed);
        Assert.Null(test.Log.AppendAsLeader(Batches.Of(5), 0, AppendOrigin.Client).Flushed);
        await test.Log.AppendAsLeader(Batches.Of(1), 0, AppendOrigin.Client).Flushed!;
        Assert.Equal(10, test.Log.RecoveryPoint);
    }

    [Fact]
    public async Task Many_writers_are_all_served()
    {
        using TestStore test = new(new LogConfig { FlushMessages = 1, SegmentBytes = 4000 });
        PartitionLog log = test.Log;
        int notFlushed = 0;
        await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => Task.Run(async () =>
        {
            for (int i = 0; i < 50; i++)
            {
                LogAppendResult result = log.AppendAsLeader(Batches.Of(2), 0, AppendOrigin.Client);
                await (result.Flushed ?? Task.CompletedTask);
                if (log.RecoveryPoint <= result.LastOffset)
                {
                    Interlocked.Increment(ref notFlushed);
                }
            }
        })));
        Assert.Equal(0, notFlushed);
        Assert.Equal(800, log.LogEndOffset);
        Assert.True(log.SegmentCount > 1);
    }

    private static Task Append(PartitionLog log) => log.AppendAsLeader(Batches.Of(1), 0, AppendOrigin.Client).Flushed!;
}
