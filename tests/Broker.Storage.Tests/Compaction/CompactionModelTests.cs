using KLog.Broker.Storage.Tests.Support;
using KLog.Tests;
using Xunit.Abstractions;

namespace KLog.Broker.Storage.Tests.Compaction;

public class CompactionModelTests(ITestOutputHelper output)
{
    private const long Hour = 60L * 60 * 1000;

    [Theory]
    [InlineData(1_000, 500, 128 << 20)]
    [InlineData(5_000, 200, 128 << 20)]
    [InlineData(20_000, 1000, 128 << 20)]
    [InlineData(5_000, 200, 400)]
    public async Task What_a_compacted_log_says_stays_the_same(int segmentBytes, int indexIntervalBytes, long mapBytes)
    {
        Random random = Seed.Random(output);
        using TestStore test = new(new LogConfig
        {
            CleanupPolicy = CleanupPolicy.Compact,
            SegmentBytes = segmentBytes,
            IndexIntervalBytes = indexIntervalBytes,
            DeleteRetentionMs = Hour,
            MinCleanableDirtyRatio = 0.1,
        }, new WatchedFileSystem());
        ModelledLog model = new(test, random);
        for (int round = 0; round < 12; round++)
        {
            test.Store.Cleaner = new CleanerOptions { DedupeBufferBytes = mapBytes };
            for (int i = 0; i < 60; i++)
            {
                model.Step();
            }

            if (random.Next(2) == 0)
            {
                model.EndAll();
            }

            while (random.Next(8) > 0 && test.Store.CleanDirtiest())
            {
                model.CheckCleaned();
            }

            model.CheckContents();
            test.Time.NowMs += random.Next(3) == 0 ? 2 * Hour : 1000;
            switch (random.Next(4))
            {
                case 0:
                    test.Crash(() => DeleteSnapshots(test, random));
                    model.CheckProducersGoOn();
                    break;
                case 1:
                    await test.RestartAsync();
                    model.CheckProducersGoOn();
                    break;
                case 2:
                    test.Store.RunDueDeletions();
                    break;
            }

            model.CheckContents();
        }

        Assert.Empty(test.Store.UncleanableLogs);
        Assert.True(test.Log.CleanOffset > 0);
    }

    /// <summary>Then only the batches that are left can tell of the producers.</summary>
    private static void DeleteSnapshots(TestStore test, Random random)
    {
        foreach (string snapshot in random.Next(2) == 0 ? Directory.GetFiles(test.PartitionPath, "*.snapshot") : [])
        {
            File.Delete(snapshot);
        }
    }
}
