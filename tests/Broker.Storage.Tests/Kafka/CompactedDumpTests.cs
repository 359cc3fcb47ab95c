using KLog.Broker.Storage.Tests.Compaction;
using KLog.Broker.Storage.Tests.Support;
using KLog.Tests;
using Xunit.Abstractions;

namespace KLog.Broker.Storage.Tests.Kafka;

public class CompactedDumpTests(ITestOutputHelper output)
{
    [KafkaFact("java")]
    public async Task Kafka_reads_what_the_cleaner_has_left()
    {
        using TestStore test = new(
            CompactedLog.Config with { SegmentBytes = 6000, IndexIntervalBytes = 300 }, new WatchedFileSystem());
        ModelledLog model = new(test, Seed.Random(output)) { Keys = 60 };
        for (int round = 0; round < 4; round++)
        {
            for (int i = 0; i < 80; i++)
            {
                model.Step();
            }

            model.EndAll();
            test.CleanAll();
        }

        long records = LogContents.Read(test.Log).Sum(batch => batch.Records.Count);
        int batches = LogContents.Read(test.Log).Count;
        await test.Store.DisposeAsync();
        string[] files =
        [
            .. Directory.GetFiles(test.PartitionPath)
                .Where(file => Path.GetExtension(file) is ".log" or ".index" or ".timeindex" or ".txnindex" or ".snapshot")
                .Order(StringComparer.Ordinal),
        ];
        string dump = await KafkaProgram.RunAsync(
            "3.9.2", "kafka.tools.DumpLogSegments", "--deep-iteration", "--files", string.Join(',', files));
        Assert.Equal(records, dump.Split('\n').Count(line => line.StartsWith("| offset:", StringComparison.Ordinal)));
        Assert.Equal(batches, dump.Split('\n').Count(line => line.Contains("isvalid: true", StringComparison.Ordinal)));
        foreach (string complaint in new[] { "Mismatches", "isvalid: false", "out of order", "Found", "corrupt" })
        {
            Assert.DoesNotContain(complaint, dump, StringComparison.OrdinalIgnoreCase);
        }
    }
}
