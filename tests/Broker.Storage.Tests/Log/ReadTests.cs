using KLog.Broker.Storage.Tests.Support;
using KLog.Protocol;
using KLog.Protocol.Records;
using KLog.Tests;
using Xunit.Abstractions;

namespace KLog.Broker.Storage.Tests.Log;

public class ReadTests(ITestOutputHelper output)
{
    [Fact]
    public void Bounds_are_kept()
    {
        using TestStore test = new();
        for (int i = 0; i < 5; i++)
        {
            test.Log.Append(Batches.Of(2, valueSize: 50));
        }

        PartitionLog log = test.Log;
        int size = (int)log.SizeInBytes / 5;
        Assert.Equal(ErrorCode.OffsetOutOfRange, log.Read(11, 100, 100, true).Error);
        Assert.Equal(ErrorCode.OffsetOutOfRange, log.Read(-1, 100, 100, true).Error);
        Assert.Null(log.Read(10, 100, 100, true).Region);
        Assert.Null(log.Read(4, 100, 4, true).Region);
        Assert.Null(log.Read(0, 0, 100, false).Region);
        Assert.Null(log.Read(0, size - 1, 100, false).Region);
        Assert.Equal([(0, 1)], Read(log, 0, 1, 100));
        Assert.Equal([(0, 1), (2, 3)], Read(log, 0, size * 3, 4));
        Assert.Equal([(2, 3), (4, 5)], Read(log, 3, (size * 3) - 1, 100));
        Assert.Equal([(4, 5)], Read(log, 5, 10_000, 7));
        log.AdvanceLogStart(3);
        Assert.Equal(ErrorCode.OffsetOutOfRange, log.Read(2, 100, 100, true).Error);
        Assert.Equal([(2, 3)], Read(log, 3, 1, 100));
    }

    [Fact]
    public async Task Every_offset_is_found_after_a_restart_too()
    {
        Random random = Seed.Random(output);
        using TestStore test = new(new LogConfig { SegmentBytes = 4000, IndexIntervalBytes = 300 });
        List<(long Base, long Last)> batches = [];
        for (int i = 0; i < 150; i++)
        {
            LogAppendResult result = test.Log.Append(Batches.Of(1 + random.Next(9), valueSize: random.Next(60)));
            batches.Add((result.BaseOffset, result.LastOffset));
        }

        CheckEvery(test.Log, batches, random);
        await test.RestartAsync();
        CheckEvery(test.Log, batches, random);
        for (int i = 0; i < 20; i++)
        {
            LogAppendResult result = test.Log.Append(Batches.Of(3));
            batches.Add((result.BaseOffset, result.LastOffset));
        }

        CheckEvery(test.Log, batches, random);
    }

    [Fact]
    public void A_region_outlives_its_segment()
    {
        using TestStore test = new(new LogConfig { SegmentBytes = 500, RetentionBytes = 1, FileDeleteDelayMs = 0 });
        for (int i = 0; i < 10; i++)
        {
            test.Log.Append(Batches.Of(5, valueSize: 40));
        }

        test.Log.UpdateHighWatermark(test.Log.LogEndOffset);
        FileRegion held = test.Log.Read(0, 1, long.MaxValue, true).Region!;
        int deleted = test.Log.DeleteOldSegments();
        Assert.True(deleted >= 8);
        test.Store.RunDueDeletions();
        Assert.DoesNotContain(test.FileNames, name => name.EndsWith(".deleted", StringComparison.Ordinal));
        Assert.Equal([(0, 4)], Batches.OffsetsOf(held.Bytes()));
        Assert.Equal(ErrorCode.OffsetOutOfRange, test.Log.Read(0, 1, long.MaxValue, true).Error);
        Assert.Equal(test.Log.LogStartOffset, test.Log.SegmentBaseOffsets[0]);
    }

    [Fact]
    public async Task Readers_see_whole_batches_in_order_while_a_writer_appends()
    {
        using TestStore test = new(new LogConfig { SegmentBytes = 20_000, IndexIntervalBytes = 500 });
        PartitionLog log = test.Log;
        const int Appends = 3_000;
        Task[] readers = [.. Enumerable.Range(0, 3).Select(_ => Task.Run(() =>
        {
            for (long offset = 0; offset < Appends * 3;)
            {
                LogReadResult read = log.Read(offset, 4000, log.LogEndOffset, true);
                Assert.Equal(ErrorCode.None, read.Error);
                foreach ((long first, long last) in read.Region is null ? [] : Batches.OffsetsOf(read.Region.Bytes()))
                {
                    Assert.Equal(offset, first);
                    offset = last + 1;
                }
            }
        }))];
        for (int i = 0; i < Appends; i++)
        {
            log.Append(Batches.Of(3));
        }

        await Task.WhenAll(readers).WaitAsync(TimeSpan.FromSeconds(60));
    }

    [Fact]
    public async Task Records_are_found_by_time()
    {
        using TestStore test = new(new LogConfig { SegmentBytes = 3000, IndexIntervalBytes = 300 });
        const long Start = 1_700_000_000_000;
        for (int i = 0; i < 60; i++)
        {
            test.Log.Append(Batches.Of(5, timestampMs: Start + (i * 10), compression: i % 2 == 0 ? CompressionType.None : CompressionType.Gzip));
        }

        void Check()
        {
            PartitionLog log = test.Log;
            Assert.Equal(new OffsetAndTimestamp(0, Start, 0), log.FindByTimestamp(0, long.MaxValue));
            Assert.Equal(new OffsetAndTimestamp(7, Start + 12, 0), log.FindByTimestamp(Start + 12, long.MaxValue));
            Assert.Equal(new OffsetAndTimestamp(10, Start + 20, 0), log.FindByTimestamp(Start + 15, long.MaxValue));
            Assert.Equal(new OffsetAndTimestamp(299, Start + 594, 0), log.FindByTimestamp(Start + 594, long.MaxValue));
            Assert.Null(log.FindByTimestamp(Start + 595, long.MaxValue));
            Assert.Null(log.FindByTimestamp(Start + 594, 299));
            Assert.Equal(new OffsetAndTimestamp(299, Start + 594, 0), log.FindMaxTimestamp());
        }

        Check();
        await test.RestartAsync();
        Check();
        test.Crash();
        Check();
        test.Log.AdvanceLogStart(100);
        Assert.Equal(100, test.Log.FindByTimestamp(0, long.MaxValue)!.Value.Offset);
    }

    private static void CheckEvery(PartitionLog log, List<(long Base, long Last)> batches, Random random)
    {
        for (long offset = 0; offset < log.LogEndOffset; offset++)
        {
            int at = batches.FindIndex(batch => batch.Last >= offset);
            Assert.Equal(batches[at], Read(log, offset, 1, long.MaxValue)[0]);
            long end = batches[random.Next(at, batches.Count)].Last + 1;
            Assert.True(Read(log, offset, 1 << 20, end)[^1].Last < end);
        }
    }

    private static List<(long Base, long Last)> Read(PartitionLog log, long offset, int maxBytes, long end) =>
        Batches.OffsetsOf(log.Read(offset, maxBytes, end, true).Region!.Bytes());
}
