using System.Text.RegularExpressions;
using KLog.Conformance.Broker;
using KLog.Conformance.Java;
using KLog.Conformance.Programs;

namespace KLog.Conformance.Tools;

/// <summary>The command line programs that come with Kafka, of its last two lines, used as an administrator would.</summary>
[Collection(JvmCollection.Name)]
public sealed class KafkaToolTests(BrokerUnderTest broker, JavaShells shells)
{
    public static TheoryData<string> Versions => ["3.9.2", "4.3.1"];

    [NeedsTheory(Program.Kafka)]
    [MemberData(nameof(Versions))]
    public async Task Topics(string version)
    {
        string topic = Name("topics");
        (await TopicsAsync(version, "--create", "--topic", topic, "--partitions", "3", "--config", "retention.ms=12345"))
            .Printed($"Created topic {topic}.");
        (await RunAsync(version, Topic, ["--create", "--topic", topic])).Printed("already exists");
        await TopicsAsync(version, "--create", "--topic", topic, "--if-not-exists");
        (await TopicsAsync(version, "--list")).Printed(topic);
        ProgramResult described = await TopicsAsync(version, "--describe", "--topic", topic);
        described.Printed("PartitionCount: 3").Printed("ReplicationFactor: 1").Printed("retention.ms=12345").Printed("Partition: 2");
        Assert.Matches($"Leader: {broker.BrokerId}\\s+Replicas: {broker.BrokerId}\\s+Isr: {broker.BrokerId}", described.Output);
        await TopicsAsync(version, "--alter", "--topic", topic, "--partitions", "5");
        (await TopicsAsync(version, "--describe", "--topic", topic)).Printed("PartitionCount: 5");
        (await TopicsAsync(version, "--describe", "--under-replicated-partitions")).DidNotPrint("Partition:");
        (await TopicsAsync(version, "--describe", "--unavailable-partitions")).DidNotPrint("Partition:");
        await TopicsAsync(version, "--delete", "--topic", topic);
        (await EventuallyAsync(
            () => TopicsAsync(version, "--list"),
            listed => !listed.Lines.Contains(topic))).DidNotPrint(topic + "\n");
    }

    [NeedsTheory(Program.Kafka)]
    [MemberData(nameof(Versions))]
    public async Task Configs_of_topics(string version)
    {
        string topic = await TopicAsync(version, "configs");
        (await ConfigsAsync(version, "--describe", "--all", "--entity-type", "topics", "--entity-name", topic))
            .Printed($"All configs for topic {topic} are:").Printed("segment.bytes=1073741824").Printed("cleanup.policy=delete");
        (await ConfigsAsync(version, "--alter", "--entity-type", "topics", "--entity-name", topic, "--add-config", "retention.ms=777,segment.ms=888"))
            .Printed($"Completed updating config for topic {topic}.");
        (await EventuallyAsync(
            () => ConfigsAsync(version, "--describe", "--entity-type", "topics", "--entity-name", topic),
            d => d.Output.Contains("retention.ms=777", StringComparison.Ordinal))).Printed("segment.ms=888").DidNotPrint("cleanup.policy");
        await ConfigsAsync(version, "--alter", "--entity-type", "topics", "--entity-name", topic, "--delete-config", "retention.ms");
        (await EventuallyAsync(
            () => ConfigsAsync(version, "--describe", "--entity-type", "topics", "--entity-name", topic),
            d => !d.Output.Contains("retention.ms", StringComparison.Ordinal))).Printed("segment.ms=888").DidNotPrint("retention.ms=777");
    }

    [NeedsTheory(Program.Kafka)]
    [MemberData(nameof(Versions))]
    public async Task Configs_of_brokers(string version)
    {
        string id = $"{broker.BrokerId}";
        (await ConfigsAsync(version, "--describe", "--all", "--entity-type", "brokers", "--entity-name", id))
            .Printed($"All configs for broker {id} are:").Printed("log.segment.bytes=1073741824").Printed("DEFAULT_CONFIG:");
        await ConfigsAsync(version, "--alter", "--entity-type", "brokers", "--entity-default", "--add-config", "message.max.bytes=1048591");
        (await EventuallyAsync(
            () => ConfigsAsync(version, "--describe", "--entity-type", "brokers", "--entity-default"),
            d => d.Output.Contains("1048591", StringComparison.Ordinal))).Printed("message.max.bytes=1048591");
        await ConfigsAsync(version, "--alter", "--entity-type", "brokers", "--entity-default", "--delete-config", "message.max.bytes");
        (await ConfigsAsync(version, "--describe", "--entity-type", "broker-loggers", "--entity-name", id))
            .Printed($"configs for broker-logger {id} are:");
    }

    [NeedsTheory(Program.Kafka)]
    [MemberData(nameof(Versions))]
    public async Task Offsets_and_deletion_of_records(string version)
    {
        string topic = await FilledAsync(version, "offsets", "none");
        foreach ((string time, string expected) in new[] { ("-1", "200"), ("-2", "0"), ("-3", "199"), ("-4", "0"), ("-5", "") })
        {
            ProgramResult offsets = await SucceedAsync(version, "org.apache.kafka.tools.GetOffsetShell",
                ["--bootstrap-server", broker.Address, "--topic", topic, "--time", time]);
            Match found = Regex.Match(offsets.Output, $"{topic}:0:(\\d*)");
            // The records of one millisecond have no last one: the greatest time is that of any of them.
            Assert.True(time == "-3" ? found.Success : found.Groups[1].Value == expected, $"{time}: {offsets.Output}");
        }

        string file = Path.Combine(broker.Folder, $"delete-{topic}.json");
        await File.WriteAllTextAsync(file, $$"""{"partitions":[{"topic":"{{topic}}","partition":0,"offset":150}],"version":1}""");
        (await SucceedAsync(version, "org.apache.kafka.tools.DeleteRecordsCommand", ["--bootstrap-server", broker.Address, "--offset-json-file", file]))
            .Printed($"partition: {topic}-0\tlow_watermark: 150");
    }

    [NeedsTheory(Program.Kafka)]
    [MemberData(nameof(Versions))]
    public async Task Log_dirs_and_api_versions(string version)
    {
        string topic = await FilledAsync(version, "log-dirs", "none");
        (await SucceedAsync(version, "org.apache.kafka.tools.LogDirsCommand", ["--bootstrap-server", broker.Address, "--describe", "--topic-list", topic]))
            .Printed($"\"partition\":\"{topic}-0\"").Printed("\"isFuture\":false").Printed("\"error\":null");
        string tool = version == "3.9.2" ? "kafka.admin.BrokerApiVersionsCommand" : "org.apache.kafka.tools.BrokerApiVersionsCommand";
        ProgramResult versions = await SucceedAsync(version, tool, ["--bootstrap-server", broker.Address]);
        versions.Printed($"{broker.Address} (id: {broker.BrokerId}").DidNotPrint("ERROR");
        foreach (string api in new[] { "Produce(0)", "Fetch(1)", "ListOffsets(2)", "Metadata(3)", "ApiVersions(18)", "CreateTopics(19)", "DescribeConfigs(32)" })
        {
            Assert.Matches($"{Regex.Escape(api)}: \\d+ to \\d+ \\[usable: \\d+\\]", versions.Output);
        }
    }

    [NeedsTheory(Program.Kafka)]
    [MemberData(nameof(Versions))]
    public async Task Console_producer_and_consumer(string version)
    {
        string topic = await TopicAsync(version, "console");
        string producer = version == "3.9.2" ? "kafka.tools.ConsoleProducer" : "org.apache.kafka.tools.ConsoleProducer";
        string properties = version == "3.9.2" ? "--property" : "--reader-property";
        string input = string.Concat(Enumerable.Range(0, 50).Select(i => $"key{i}:value {i}\n"));
        await SucceedAsync(version, producer,
            ["--bootstrap-server", broker.Address, "--topic", topic, properties, "parse.key=true", properties, "key.separator=:", "--compression-codec", "zstd"], input);
        ProgramResult all = await ConsumeAsync(version, topic, "earliest", 50);
        Assert.Contains("key0\tvalue 0", all.Lines);
        Assert.Contains("key49\tvalue 49", all.Lines);
        ProgramResult tail = await ConsumeAsync(version, topic, "48", 2);
        Assert.Equal(["key48\tvalue 48", "key49\tvalue 49"], tail.Lines.Where(l => l.StartsWith("key", StringComparison.Ordinal)));
    }

    [NeedsTheory(Program.Kafka)]
    [InlineData("2.1.1")]
    [InlineData("2.8.2")]
    [InlineData("3.4.1")]
    [InlineData("3.9.2")]
    [InlineData("4.3.1")]
    public async Task Producer_perf_test_and_verifiable_producer(string version)
    {
        string topic = await TopicAsync("3.9.2", "perf");
        ProgramResult perf = await RunAsync(version, "org.apache.kafka.tools.ProducerPerformance",
            ["--topic", topic, "--num-records", "3000", "--record-size", "100", "--throughput", "-1", "--producer-props", $"bootstrap.servers={broker.Address}", "acks=all", "compression.type=lz4"],
            bootstrap: false);
        perf.Succeeded().Printed("3000 records sent");
        string bootstrap = version == "2.1.1" ? "--broker-list" : "--bootstrap-server";
        ProgramResult verifiable = await RunAsync(version, "org.apache.kafka.tools.VerifiableProducer",
            [bootstrap, broker.Address, "--topic", topic, "--max-messages", "200", "--acks", "-1"], bootstrap: false);
        verifiable.Succeeded().DidNotPrint("producer_send_error");
        // It leaves its last records to its shutdown hook, which does not run here, but its producer does.
        ProgramResult end = await EventuallyAsync(
            () => shells.RunAsync("3.9.2", "org.apache.kafka.tools.GetOffsetShell", ["--bootstrap-server", broker.Address, "--topic", topic]),
            r => r.Output.Contains(":3200", StringComparison.Ordinal));
        end.Succeeded().Printed($"{topic}:0:3200");
    }

    private const string Topic = "org.apache.kafka.tools.TopicCommand";

    private static string Name(string label) => $"tool-{label}-{Guid.NewGuid():N}"[..30];

    private async Task<string> TopicAsync(string version, string label)
    {
        string topic = Name(label);
        await TopicsAsync(version, "--create", "--topic", topic, "--partitions", "1");
        return topic;
    }

    /// <summary>A topic with 200 records of 100 bytes.</summary>
    private async Task<string> FilledAsync(string version, string label, string codec)
    {
        string topic = await TopicAsync(version, label);
        await SucceedAsync(version, "org.apache.kafka.tools.ProducerPerformance",
            ["--topic", topic, "--num-records", "200", "--record-size", "100", "--throughput", "-1", "--producer-props", $"bootstrap.servers={broker.Address}", "acks=all", $"compression.type={codec}"]);
        return topic;
    }

    private async Task<ProgramResult> ConsumeAsync(string version, string topic, string offset, int count) =>
        await SucceedAsync(version, "org.apache.kafka.tools.consumer.ConsoleConsumer",
        [
            "--bootstrap-server", broker.Address, "--topic", topic, "--partition", "0", "--offset", offset,
            "--max-messages", $"{count}", "--timeout-ms", "15000",
            version == "3.9.2" ? "--property" : "--formatter-property", "print.key=true",
        ]);

    private async Task<ProgramResult> TopicsAsync(string version, params string[] arguments) =>
        (await RunAsync(version, Topic, arguments)).Succeeded();

    private async Task<ProgramResult> ConfigsAsync(string version, params string[] arguments) =>
        (await RunAsync(version, "kafka.admin.ConfigCommand", arguments)).Succeeded();

    private async Task<ProgramResult> SucceedAsync(string version, string tool, string[] arguments, string input = "") =>
        (await RunAsync(version, tool, arguments, input, bootstrap: false)).Succeeded();

    private Task<ProgramResult> RunAsync(string version, string tool, string[] arguments, string input = "", bool bootstrap = true) =>
        shells.RunAsync(version, tool, bootstrap ? ["--bootstrap-server", broker.Address, .. arguments] : arguments, input);

    /// <summary>What an administrator changes takes a moment to be seen everywhere.</summary>
    private static async Task<ProgramResult> EventuallyAsync(Func<Task<ProgramResult>> run, Func<ProgramResult, bool> done)
    {
        ProgramResult result = await run();
        for (int i = 0; i < 20 && !done(result); i++)
        {
            await Task.Delay(100);
            result = await run();
        }

        return result;
    }
}
