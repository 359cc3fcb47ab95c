using KLog.Conformance.Broker;
using KLog.Conformance.Java;
using KLog.Conformance.Programs;

namespace KLog.Conformance.Tools;

/// <summary>Kafka's dump-log reads the files that the broker wrote, while the broker runs: segments, indexes, time indexes.</summary>
[Collection(JvmCollection.Name)]
public sealed class DumpLogTests(BrokerUnderTest broker, JavaShells shells)
{
    private const int RecordBytes = 1000;

    [NeedsTheory(Program.Kafka)]
    [InlineData("3.9.2", "none")]
    [InlineData("3.9.2", "gzip")]
    [InlineData("3.9.2", "zstd")]
    [InlineData("4.3.1", "none")]
    [InlineData("4.3.1", "snappy")]
    [InlineData("4.3.1", "lz4")]
    public async Task Segments_and_indexes_are_whole(string version, string codec)
    {
        string topic = $"dump-{Guid.NewGuid():N}";
        await RunAsync(version, "org.apache.kafka.tools.TopicCommand",
            "--bootstrap-server", broker.Address, "--create", "--topic", topic, "--partitions", "1", "--config", "segment.bytes=1048576");
        await RunAsync(version, "org.apache.kafka.tools.ProducerPerformance",
            "--topic", topic, "--num-records", "4000", "--record-size", $"{RecordBytes}", "--throughput", "-1", "--producer-props",
            $"bootstrap.servers={broker.Address}", "acks=all", $"compression.type={codec}", "batch.size=20000");
        string folder = Path.Combine(broker.LogDir, $"{topic}-0");
        string[] segments = [.. Directory.GetFiles(folder, "*.log").Order(StringComparer.Ordinal)];
        Assert.True(segments.Length >= 2, $"{segments.Length} segments");
        string tool = version == "3.9.2" ? "kafka.tools.DumpLogSegments" : "org.apache.kafka.tools.DumpLogSegments";
        await SegmentsAsync(version, tool, segments, codec);
        foreach (string index in Directory.GetFiles(folder, "*.*index").Where(f => !f.EndsWith(".txnindex", StringComparison.Ordinal)))
        {
            bool active = index.Contains(Path.GetFileNameWithoutExtension(segments[^1]), StringComparison.Ordinal);
            if (!active || BrokerUnderTest.IsKLog)
            {
                // Kafka's own active indexes are full of zeros at their end, and fail.
                (await RunAsync(version, tool, "--index-sanity-check", "--files", index)).DidNotPrint("Exception").DidNotPrint("Mismatches");
            }

            ProgramResult dumped = await RunAsync(version, tool, "--files", index);
            dumped.DidNotPrint("Mismatches").DidNotPrint("out of order").DidNotPrint("not found").DidNotPrint("Exception");
            if (!active)
            {
                dumped.Printed(index.EndsWith(".timeindex", StringComparison.Ordinal) ? "timestamp: " : "position: ");
            }
        }
    }

    private async Task SegmentsAsync(string version, string tool, string[] segments, string codec)
    {
        ProgramResult dumped = await RunAsync(version, tool, "--deep-iteration", "--print-data-log", "--files", string.Join(',', segments));
        dumped.DidNotPrint("isvalid: false").DidNotPrint("Found").DidNotPrint("corrupt").DidNotPrint("Exception");
        long[] offsets =
        [
            .. dumped.Lines.Where(l => l.StartsWith("| offset: ", StringComparison.Ordinal))
                .Select(l => long.Parse(l.Split(' ')[2], System.Globalization.CultureInfo.InvariantCulture)),
        ];
        Assert.Equal(Enumerable.Range(0, 4000).Select(i => (long)i), offsets);
        dumped.Printed($"compresscodec: {codec}").Printed("isvalid: true").Printed("partitionLeaderEpoch: 0").Printed("payload: ");
    }

    private async Task<ProgramResult> RunAsync(string version, string tool, params string[] arguments) =>
        (await shells.RunAsync(version, tool, arguments)).Succeeded();
}
