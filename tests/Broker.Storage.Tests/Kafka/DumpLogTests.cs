using KLog.Broker.Storage.Tests.Support;
using KLog.Protocol.Records;
using KLog.Tests;

namespace KLog.Broker.Storage.Tests.Kafka;

public class DumpLogTests
{
    [KafkaTheory("java")]
    [InlineData("3.9.2", "kafka.tools.DumpLogSegments")]
    [InlineData("4.3.1", "org.apache.kafka.tools.DumpLogSegments")]
    public async Task Kafka_reads_segments_indexes_and_snapshots(string version, string dumpLog)
    {
        using TestStore test = new(new LogConfig { SegmentBytes = 8000, IndexIntervalBytes = 500 });
        int sequence = 0;
        for (int i = 0; i < 60; i++)
        {
            int records = 1 + (i % 4);
            CompressionType codec = (CompressionType)(i % 5);
            test.Log.Append(Batches.Of(
                records, 60, test.Time.NowMs + (i * 100), producerId: 42, epoch: 1, sequence: sequence, compression: codec));
            sequence += records;
        }

        long end = test.Log.LogEndOffset;
        await test.Store.DisposeAsync();
        string[] files =
        [
            .. Directory.GetFiles(test.PartitionPath)
                .Where(file => Path.GetExtension(file) is ".log" or ".index" or ".timeindex" or ".snapshot")
                .Order(StringComparer.Ordinal),
        ];
        Assert.True(files.Count(file => file.EndsWith(".log", StringComparison.Ordinal)) > 1);
        string dump = await KafkaProgram.RunAsync(version, dumpLog, "--deep-iteration", "--files", string.Join(',', files));
        Assert.Equal(end, dump.Split('\n').Count(line => line.StartsWith("| offset:", StringComparison.Ordinal)));
        Assert.Equal(60, dump.Split('\n').Count(line => line.Contains("isvalid: true", StringComparison.Ordinal)));
        Assert.Contains($"lastSequence: {sequence - 1}", dump, StringComparison.Ordinal);
        foreach (string complaint in new[] { "Mismatches", "isvalid: false", "out of order", "Found", "corrupt" })
        {
            Assert.DoesNotContain(complaint, dump, StringComparison.OrdinalIgnoreCase);
        }
    }
}
