using KLog.Broker.Storage.Tests.Support;
using KLog.Protocol;

namespace KLog.Broker.Storage.Tests.Log;

public class DiskFaultTests
{
    [Fact]
    public void A_full_disk_refuses_appends_until_there_is_room()
    {
        FaultyFileSystem disk = new();
        using TestStore test = new(files: disk);
        test.Log.Append(Batches.Of(2));
        disk.WriteError = FaultyFileSystem.NoSpace;
        Assert.Equal(ErrorCode.KafkaStorageError, TryAppend(test).Error);
        Assert.Equal(ErrorCode.KafkaStorageError, TryAppend(test).Error);
        Assert.False(test.Log.Directory.IsOffline);
        Assert.Equal([(0, 1)], test.Log.ReadAll(0));
        Assert.Equal(test.Log.SizeInBytes, new FileInfo(Path.Combine(test.PartitionPath, test.FileNames[0])).Length);
        disk.WriteError = 0;
        Assert.Equal(2, TryAppend(test).BaseOffset);
        Assert.Equal([(0, 1), (2, 2)], test.Log.ReadAll(0));
    }

    [Theory]
    [InlineData(FaultyFileSystem.InputOutputError, false)]
    [InlineData(FaultyFileSystem.NoSpace, true)]
    public void A_disk_that_fails_is_given_up(int errno, bool truncateFails)
    {
        FaultyFileSystem disk = new();
        using TestStore test = new(files: disk);
        List<LogDirectory> failed = [];
        test.Store.Directories[0].Failed += failed.Add;
        test.Log.Append(Batches.Of(2));
        (disk.WriteError, disk.TruncateFails) = (errno, truncateFails);
        Assert.Equal(ErrorCode.KafkaStorageError, TryAppend(test).Error);
        (disk.WriteError, disk.TruncateFails) = (0, false);
        Assert.True(test.Log.Directory.IsOffline);
        Assert.Equal(test.Store.Directories, failed);
        Assert.Equal(ErrorCode.KafkaStorageError, TryAppend(test).Error);
        Assert.Equal(2, test.Log.LogEndOffset);
        Assert.Throws<IOException>(() => test.Store.Create(new TopicPartition("other", 0), Guid.NewGuid(), LogConfig.Default));
        test.Crash();
        Assert.Equal([(0, 1)], test.Log.ReadAll(0));
        Assert.Equal(2, TryAppend(test).BaseOffset);
    }

    [Fact]
    public void A_failed_sync_is_not_tried_again()
    {
        FaultyFileSystem disk = new();
        using TestStore test = new(files: disk);
        test.Log.Append(Batches.Of(2));
        disk.SyncFails = true;
        Assert.Throws<IOException>(test.Log.Flush);
        disk.SyncFails = false;
        Assert.Throws<IOException>(test.Log.Flush);
        Assert.True(test.Log.Directory.IsOffline);
        Assert.Equal(0, test.Log.RecoveryPoint);
    }

    [Fact]
    public async Task With_flush_messages_of_one_an_answer_means_that_it_is_synced()
    {
        FaultyFileSystem disk = new();
        using TestStore test = new(new LogConfig { FlushMessages = 1 }, disk);
        await TryAppend(test).Flushed!;
        Assert.Equal(1, test.Log.RecoveryPoint);
        disk.SyncFails = true;
        LogAppendResult second = TryAppend(test);
        Assert.Equal(ErrorCode.None, second.Error);
        await Assert.ThrowsAsync<IOException>(() => second.Flushed!);
        Assert.Equal(1, test.Log.RecoveryPoint);
        Assert.Equal(ErrorCode.KafkaStorageError, TryAppend(test).Error);
    }

    private static LogAppendResult TryAppend(TestStore test) =>
        test.Log.AppendAsLeader(Batches.Of(1), 0, AppendOrigin.Client);
}
