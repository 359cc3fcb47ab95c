using KLog.Broker.Storage.Tests.Support;
using KLog.Protocol;
using Xunit.Abstractions;

namespace KLog.Broker.Storage.Tests.Moving;

public class MoveUnderLoadTests(ITestOutputHelper output)
{
    private const int Moves = 5;

    [Fact]
    public async Task Appends_reads_retention_and_deletions_go_on_while_the_log_moves()
    {
        int seed = Random.Shared.Next();
        output.WriteLine($"seed {seed}");
        using TwoDisks disks = new(new LogConfig { SegmentBytes = 3000, IndexIntervalBytes = 200, RetentionBytes = 60_000, FileDeleteDelayMs = 0 });
        disks.Fill(100);
        using CancellationTokenSource stop = new();
        Task[] load =
        [
            Task.Run(() => Append(disks, stop.Token)),
            Task.Run(() => Append(disks, stop.Token)),
            Task.Run(() => ReadTail(disks, stop.Token)),
            Task.Run(() => ReadAnywhere(disks, new Random(seed), stop.Token)),
            Task.Run(() => Maintain(disks, new Random(seed + 1), stop.Token)),
        ];
        for (int move = 0; move < Moves; move++)
        {
            Assert.True(await disks.MoveAsync(disks.Store.Directories[(move + 1) % 3]));
        }

        await stop.CancelAsync();
        await Task.WhenAll(load);
        long end = disks.Log.LogEndOffset;
        disks.CheckRecords(end);
        disks.Crash();
        disks.CheckRecords(end);
        Assert.Equal(1, disks.Store.Directories.Sum(directory => directory.LogCount));
    }

    [Fact]
    public async Task Truncations_are_followed()
    {
        int seed = Random.Shared.Next();
        output.WriteLine($"seed {seed}");
        Random random = new(seed);
        using TwoDisks disks = new(new LogConfig { SegmentBytes = 1000, IndexIntervalBytes = 100 });
        disks.Fill(60);
        for (int i = 0; i < 10; i++)
        {
            Task<bool> move = disks.MoveAsync(disks.Store.Directories[(i + 1) % 3]);
            while (!move.IsCompleted)
            {
                disks.Log.TruncateTo(random.NextInt64(disks.Log.LogEndOffset));
                disks.Fill(random.Next(30));
            }

            Assert.True(await move);
            disks.CheckRecords(disks.Log.LogEndOffset);
            if (i % 5 == 0)
            {
                long end = disks.Log.LogEndOffset;
                disks.Crash();
                disks.CheckRecords(end);
            }
        }
    }

    private static void Append(TwoDisks disks, CancellationToken stop)
    {
        while (!stop.IsCancellationRequested)
        {
            disks.Append();
            disks.Log.UpdateHighWatermark(disks.Log.LogEndOffset);
        }
    }

    private static void ReadTail(TwoDisks disks, CancellationToken stop)
    {
        for (long next = disks.Log.LogEndOffset; !stop.IsCancellationRequested;)
        {
            next = Read(disks, next);
        }
    }

    private static void ReadAnywhere(TwoDisks disks, Random random, CancellationToken stop)
    {
        while (!stop.IsCancellationRequested)
        {
            Read(disks, random.NextInt64(disks.Log.LogStartOffset, disks.Log.LogEndOffset));
        }
    }

    private static void Maintain(TwoDisks disks, Random random, CancellationToken stop)
    {
        while (!stop.IsCancellationRequested)
        {
            switch (random.Next(4))
            {
                case 0:
                    disks.Log.DeleteOldSegments();
                    break;
                case 1:
                    disks.Log.AdvanceLogStart(Math.Min(disks.Log.LogStartOffset + random.Next(20), disks.Log.HighWatermark));
                    break;
                case 2:
                    disks.Log.Flush();
                    break;
                default:
                    disks.Store.RunDueDeletions();
                    break;
            }
        }
    }

    /// <summary>Reads batches with one record each, whose offsets must follow; answers with the offset after them.</summary>
    private static long Read(TwoDisks disks, long offset)
    {
        LogReadResult read = disks.Log.Read(offset, 2000, long.MaxValue, atLeastOneBatch: true);
        if (read.Error == ErrorCode.OffsetOutOfRange)
        {
            Assert.True(offset < disks.Log.LogStartOffset, $"{offset} is in {disks.Log}");
            return disks.Log.LogStartOffset;
        }

        Assert.Equal(ErrorCode.None, read.Error);
        long next = offset;
        if (read.Region is { } region)
        {
            foreach ((long first, long last) in Batches.OffsetsOf(region.Bytes()))
            {
                Assert.Equal((next, next), (first, last));
                next++;
            }

            Assert.True(next > offset);
        }

        return next;
    }
}
