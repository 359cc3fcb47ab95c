using KLog.Broker.Storage.Tests.Support;
using KLog.Protocol;
using KLog.Tests;
using Xunit.Abstractions;

namespace KLog.Broker.Storage.Tests.Simulated;

public class FaultTests(ITestOutputHelper output)
{
    private const int NoSpace = 28;
    private const int InputOutputError = 5;

    private static readonly LogConfig SmallSegments = new() { SegmentBytes = 1000, IndexIntervalBytes = 50, FileDeleteDelayMs = 0 };

    [Theory]
    [InlineData(DiskOperation.Write, ".log")]
    [InlineData(DiskOperation.Sync, ".log")]
    [InlineData(DiskOperation.SyncFolder, "")]
    [InlineData(DiskOperation.Create, ".log")]
    [InlineData(DiskOperation.Write, ".snapshot")]
    [InlineData(DiskOperation.Write, ".timeindex")]
    [InlineData(DiskOperation.Rename, ".tmp")]
    public void A_folder_that_fails_goes_offline_with_its_partitions_and_the_others_serve_on(DiskOperation operation, string suffix)
    {
        SimulatedStore test = new(SmallSegments, "/a", "/b");
        PartitionLog failing = test.Log(0);
        PartitionLog sound = test.Log(1);
        Assert.NotEqual(failing.Directory, sound.Directory);
        failing.Append(Batches.Of(2));
        sound.Append(Batches.Of(2));

        string folder = failing.Directory.Path;
        test.Disk.Fault = (asked, path) =>
            asked == operation && path.StartsWith(folder, StringComparison.Ordinal) && path.EndsWith(suffix, StringComparison.Ordinal)
                ? InputOutputError
                : 0;
        ErrorCode error = ErrorCode.None;
        for (int i = 0; i < 30 && error == ErrorCode.None; i++)
        {
            error = failing.AppendAsLeader(Batches.Of(2), 0, AppendOrigin.Client).Error;
            TryFlush(failing);
            test.Store.WriteCheckpoints();
        }

        Assert.Equal(ErrorCode.KafkaStorageError, error);
        Assert.Equal([true, false], new[] { failing, sound }.Select(log => log.Directory.IsOffline));
        sound.Append(Batches.Of(2));
        sound.Flush();
        Assert.Equal([(0, 1), (2, 3)], sound.ReadAll(0));
        Assert.Same(sound.Directory, test.Log(2).Directory);

        // Kafka starts on the folders that are left; what may lie in the other one is not made anew.
        test.Disk.Fault = (_, path) => path.StartsWith(folder, StringComparison.Ordinal) ? InputOutputError : 0;
        test.Crash();
        Assert.Null(test.Store.Find(failing.TopicPartition));
        IOException refused = Assert.Throws<IOException>(
            () => test.Store.Create(failing.TopicPartition, TestStore.TopicId, SmallSegments, isNew: false));
        Assert.Contains(folder, refused.Message, StringComparison.Ordinal);
        Assert.Equal([(0, 1), (2, 3)], test.Log(1).ReadAll(0));
    }

    [Fact]
    public void A_read_that_fails_takes_the_folder_offline()
    {
        SimulatedStore test = new(SmallSegments);
        for (int i = 0; i < 20; i++)
        {
            test.Log().Append(Batches.Of(2));
        }

        test.Disk.Fault = (asked, path) => asked == DiskOperation.Read ? InputOutputError : 0;
        Assert.Equal(ErrorCode.KafkaStorageError, test.Log().Read(0, 100, 100, atLeastOneBatch: true).Error);
        Assert.True(test.Log().Directory.IsOffline);
    }

    [Theory]
    [InlineData(".log")]
    [InlineData(".timeindex")]
    public void A_search_by_time_that_meets_a_fault_says_so_and_takes_the_folder_offline(string suffix)
    {
        SimulatedStore test = new(SmallSegments);
        for (int i = 0; i < 20; i++)
        {
            test.Log().Append(Batches.Of(2));
        }

        test.Log().Flush();
        test.Crash();
        test.Disk.Fault = (asked, path) =>
            asked is DiskOperation.Read or DiskOperation.Open && path.EndsWith(suffix, StringComparison.Ordinal) ? InputOutputError : 0;
        Assert.Throws<IOException>(() => test.Log().FindByTimestamp(0, 100));
        Assert.True(test.Log().Directory.IsOffline);
    }

    [Fact]
    public void A_folder_that_fails_while_a_partition_is_made_leaves_it_to_the_next()
    {
        SimulatedStore test = new(SmallSegments, "/a", "/b", "/c");
        Assert.Equal(["/a", "/b", "/c", "/a"], Enumerable.Range(0, 4).Select(partition => test.Log(partition).Directory.Path));
        test.Disk.Fault = (_, path) => path.StartsWith("/b/", StringComparison.Ordinal) ? InputOutputError : 0;
        Assert.Equal("/c", test.Log(4).Directory.Path);
        Assert.Equal([false, true, false], test.Store.Directories.Select(directory => directory.IsOffline));
    }

    [Fact]
    public void An_append_that_fails_leaves_nothing_in_the_indexes()
    {
        SimulatedStore test = new(SmallSegments with { IndexIntervalBytes = 1 });
        PartitionLog log = test.Log();
        log.Append(Batches.Of(2, timestampMs: 1000));
        test.Disk.Fault = (asked, path) => asked == DiskOperation.Write && path.EndsWith(".log", StringComparison.Ordinal) ? NoSpace : 0;
        byte[] later = Batches.Of(2, timestampMs: 5000);
        Assert.Equal(ErrorCode.KafkaStorageError, log.AppendAsLeader(later, 0, AppendOrigin.Client).Error);
        test.Disk.Fault = null;
        Assert.Equal(1001, log.FindMaxTimestamp()!.Value.TimestampMs);
        Assert.Null(log.FindByTimestamp(2000, 100));
        log.Append(Batches.Of(1, timestampMs: 900));
        log.Append(Batches.Of(1, timestampMs: 3000));
        Assert.Equal(3, log.FindByTimestamp(2000, 100)!.Value.Offset);
        Assert.False(log.Directory.IsOffline);
    }

    [Theory]
    [InlineData(DiskOperation.Create, ".log")]
    [InlineData(DiskOperation.Write, ".snapshot")]
    [InlineData(DiskOperation.Write, ".timeindex")]
    public void A_roll_on_a_full_disk_is_taken_back(DiskOperation operation, string suffix)
    {
        SimulatedStore test = new(new LogConfig { SegmentBytes = 1000 });
        PartitionLog log = test.Log();
        int appended = 0;
        test.Disk.Fault = (asked, path) => asked == operation && path.EndsWith(suffix, StringComparison.Ordinal) ? NoSpace : 0;
        while (log.AppendAsLeader(Batches.Of(2), 0, AppendOrigin.Client).Error == ErrorCode.None)
        {
            appended++;
            Assert.True(appended < 100, "no roll failed");
        }

        Assert.Equal((1, 2L * appended, false), (log.SegmentCount, log.LogEndOffset, log.Directory.IsOffline));
        log.Flush();
        test.Crash();
        Assert.Equal(appended, test.Log().ReadAll(0).Count);
        test.Disk.Fault = null;
        test.Log().Append(Batches.Of(2));
        Assert.Equal((2, appended + 1), (test.Log().SegmentCount, test.Log().ReadAll(0).Count));
    }

    [Fact]
    public void A_topic_may_be_deleted_while_it_is_synced()
    {
        SimulatedStore test = new(SmallSegments);
        PartitionLog log = test.Log();
        log.Append(Batches.Of(2));
        bool isDeleted = false;
        test.Disk.Fault = (asked, path) =>
        {
            if (asked == DiskOperation.Sync && path.EndsWith(".log", StringComparison.Ordinal) && !isDeleted)
            {
                isDeleted = true;
                test.Store.Delete(log.TopicPartition);
                test.Time.NowMs += 100_000;
                test.Store.RunDueDeletions();
            }

            return 0;
        };
        log.Flush();
        Assert.True(isDeleted);
        Assert.False(log.Directory.IsOffline);
        Assert.Equal(ErrorCode.KafkaStorageError, log.AppendAsLeader(Batches.Of(2), 0, AppendOrigin.Client).Error);
    }

    [Fact]
    public void A_disk_that_is_full_now_and_then_loses_nothing_and_stays_online()
    {
        Random random = Seed.Random(output);
        for (int round = 0; round < 60; round++)
        {
            SimulatedStore test = new(SmallSegments);
            List<(long, long)> appended = [];
            test.Log().Append(Batches.Of(1));
            appended.Add((0, 0));
            double probability = random.NextDouble() / 2;
            for (int step = 0; step < 120; step++)
            {
                test.Disk.Fault = (asked, _) =>
                    asked is DiskOperation.Write or DiskOperation.Create && random.NextDouble() < probability ? NoSpace : 0;
                LogAppendResult result = test.Log().AppendAsLeader(Batches.Of(1 + random.Next(3)), random.Next(2) + (step / 10), AppendOrigin.Client);
                if (result.Error == ErrorCode.None)
                {
                    appended.Add((result.BaseOffset, result.LastOffset));
                }

                TryFlush(test.Log(), random.Next(5) == 0);
                if (random.Next(10) == 0)
                {
                    test.Store.WriteCheckpoints();
                }

                if (random.Next(30) == 0)
                {
                    test.Disk.Fault = null;
                    test.Crash();
                }

                Assert.False(test.Store.Directories[0].IsOffline, test.Store.Directories[0].OfflineReason);
                Assert.Equal(appended, test.Log().ReadAll(0));
            }

            test.Disk.Fault = null;
            test.Log().Append(Batches.Of(1));
            test.Log().Flush();
            long end = test.Log().LogEndOffset;
            test.CutPower(random);
            Assert.Equal(end, test.Log().LogEndOffset);
        }
    }

    private static void TryFlush(PartitionLog log, bool isWanted = true)
    {
        try
        {
            if (isWanted)
            {
                log.Flush();
            }
        }
        catch (IOException)
        {
            // What it means for the folder is what the test looks at.
        }
    }
}
