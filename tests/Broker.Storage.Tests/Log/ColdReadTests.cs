using KLog.Broker.Storage.Tests.Support;

namespace KLog.Broker.Storage.Tests.Log;

public class ColdReadTests
{
    private static readonly LogConfig SmallSegments = new() { SegmentBytes = 4000, IndexIntervalBytes = 500 };

    [Fact]
    public void A_read_that_must_not_wait_stops_at_what_is_not_in_memory()
    {
        FaultyFileSystem disk = new();
        using TestStore test = Filled(disk);
        disk.IsCold = true;
        Assert.True(test.Log.Read(3, 1000, long.MaxValue, atLeastOneBatch: true, mayWait: false).IsCold);
        LogReadResult waited = test.Log.Read(3, 1000, long.MaxValue, atLeastOneBatch: true);
        Assert.False(waited.IsCold);
        Assert.Equal(1000, waited.Region!.Length);
        waited.Region.Dispose();
    }

    [Fact]
    public void The_tail_is_known_to_be_in_memory()
    {
        FaultyFileSystem disk = new();
        using TestStore test = Filled(disk);
        disk.IsCold = true;
        long last = test.Log.LogEndOffset - 1;
        using FileRegion region = test.Log.Read(last, 1000, long.MaxValue, atLeastOneBatch: true, mayWait: false).Region!;
        Assert.True(region.LoadAsync().AsTask().IsCompletedSuccessfully);
        Assert.Equal(0, disk.Prefetched);
    }

    [Fact]
    public async Task A_cold_region_is_loaded_before_it_is_sent_and_a_warm_one_is_not()
    {
        FaultyFileSystem disk = new();
        using TestStore test = Filled(disk);
        using FileRegion region = test.Log.Read(3, 1000, long.MaxValue, atLeastOneBatch: true, mayWait: false).Region!;
        Assert.True(region.LoadAsync().AsTask().IsCompletedSuccessfully);
        disk.IsCold = true;
        await region.LoadAsync();
        Assert.True(disk.Prefetched >= region.Length);
    }

    [Fact]
    public async Task A_region_that_has_been_cut_off_meanwhile_is_no_reason_to_fail()
    {
        FaultyFileSystem disk = new();
        using TestStore test = Filled(disk);
        using FileRegion region = test.Log.Read(3, 1000, long.MaxValue, atLeastOneBatch: true).Region!;
        test.Log.TruncateFullyAndStartAt(0);
        disk.IsCold = true;
        await region.LoadAsync();
    }

    private static TestStore Filled(FaultyFileSystem disk)
    {
        TestStore test = new(SmallSegments, disk);
        for (int i = 0; i < 100; i++)
        {
            test.Log.Append(Batches.Of(1, valueSize: 100));
        }

        Assert.True(test.Log.SegmentCount > 2);
        return test;
    }
}
