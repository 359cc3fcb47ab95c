using System.Text.RegularExpressions;
using KLog.Conformance.Broker;
using KLog.Conformance.Java;
using KLog.Conformance.Programs;

namespace KLog.Conformance.Tools;

/// <summary>klog groups and Kafka's own tool on a real Kafka: the tool is right.</summary>
[Collection(JvmCollection.Name)]
public sealed class GroupsToolTests(RealKafka broker, JavaShells shells) : GroupsToolContract(broker, shells), IClassFixture<RealKafka>
{
    [NeedsTheory(Program.Kafka)]
    [InlineData("3.9.2", "--all-topics --to-earliest")]
    [InlineData("3.9.2", "--topic sample-payments:1 --shift-by -1")]
    [InlineData(Newest, "--topic sample-payments --topic sample-orders-with-a-long-name:0,1 --to-current")]
    [InlineData(Newest, "--all-topics --shift-by 3")]
    [InlineData(Newest, "--topic sample-orders-with-a-long-name --to-offset 5")]
    [InlineData(Newest, "--topic sample-orders-with-a-long-name --to-datetime 2020-01-01T00:00:00.000")]
    [InlineData(Newest, "--topic sample-orders-with-a-long-name --to-datetime 2035-01-01T00:00:00.000+01:00")]
    [InlineData(Newest, "--topic sample-orders-with-a-long-name:0 --by-duration PT1H")]
    [InlineData(Newest, "--all-topics --to-latest --export")]
    [InlineData(Newest, "--group sample-of-no-offsets --topic sample-payments --to-latest --export")]
    public Task Plans_of_resets(string version, string reset) =>
        SameAsync(version, "reset-offsets", ["--group", SampleGroups.Empty, .. reset.Split(' '), "--dry-run"]);
}

/// <summary>The same on the broker under test: its coordinator is right.</summary>
[Collection(JvmCollection.Name)]
public sealed class GroupsOfBrokerToolTests(BrokerUnderTest broker, JavaShells shells) : GroupsToolContract(broker, shells);

/// <summary>
/// klog groups beside kafka-consumer-groups of 3.9.2 and 4.3.1, on the same groups of the same broker: what both print
/// must be the same table. Version 3.9.2 knows fewer columns with --verbose, and has its rows in no order.
/// </summary>
public abstract partial class GroupsToolContract(BrokerUnderTest broker, JavaShells shells) : IAsyncLifetime
{
    protected const string Newest = "4.3.1";
    private const string Tool = "org.apache.kafka.tools.consumer.group.ConsumerGroupCommand";
    private const string Orders = SampleGroups.Orders;

    private static readonly string[] AllGroups = ["--group", SampleGroups.Empty, "--group", SampleGroups.Classic, "--group", SampleGroups.Static, "--group", SampleGroups.Modern];

    /// <summary>By the port of their broker; their connections live as long as the tests.</summary>
    private static readonly Dictionary<int, SampleGroups> Made = [];

    public static TheoryData<string> Versions => ["3.9.2", Newest];

    public async Task InitializeAsync()
    {
        if (Prerequisites.Missing(Program.Kafka) is not null)
        {
            return;
        }

        if (Made.TryGetValue(broker.Port, out SampleGroups? groups))
        {
            await groups.HeartbeatAsync();
            return;
        }

        Made[broker.Port] = groups = new SampleGroups(broker.Port);
        await groups.MakeAsync();
    }

    public Task DisposeAsync() => Task.CompletedTask;

    [NeedsTheory(Program.Kafka)]
    [MemberData(nameof(Versions))]
    public async Task Lists(string version)
    {
        await SameAsync(version, "list");
        await SameAsync(version, "list", "--state", "empty,stable", "--type");
        await SameAsync(version, "list", "--type", "consumer");
    }

    [NeedsTheory(Program.Kafka)]
    [MemberData(nameof(Versions))]
    public async Task Descriptions(string version)
    {
        await SameAsync(version, "describe", AllGroups);
        await SameAsync(version, "describe", "--all-groups");
        await SameAsync(version, "describe", "--group", SampleGroups.Static, "--group", SampleGroups.Modern, "--members");
        await SameAsync(version, "describe", "--group", SampleGroups.Classic, "--group", SampleGroups.Modern, "--state");
    }

    [NeedsFact(Program.Kafka)]
    public async Task Descriptions_with_more_columns()
    {
        await SameAsync(Newest, "describe", [.. AllGroups, "--verbose"]);
        await SameAsync(Newest, "describe", [.. AllGroups, "--members", "--verbose"]);
        await SameAsync(Newest, "describe", [.. AllGroups, "--state", "--verbose"]);
    }

    [NeedsTheory(Program.Kafka)]
    [MemberData(nameof(Versions))]
    public async Task Resets_are_executed_from_the_file_that_the_other_exported(string version)
    {
        string group = $"sample-reset-{version}";
        string ours = Path.Combine(broker.Folder, $"ours-{version}.csv");
        await File.WriteAllLinesAsync(ours, Rows(await KLogAsync("reset-offsets", "--group", group, "--topic", Orders, "--to-offset", "4", "--export", "--execute")));
        Assert.Equal("4,0,0", await OffsetsAsync(version, group));
        string theirs = Path.Combine(broker.Folder, $"theirs-{version}.csv");
        await File.WriteAllLinesAsync(theirs, Rows(await KafkaAsync(version, "reset-offsets", "--group", group, "--topic", $"{Orders}:0", "--to-offset", "6", "--export", "--dry-run")));
        (await KLogAsync("reset-offsets", "--group", group, "--from-file", theirs, "--execute")).Succeeded();
        Assert.Equal("6,0,0", await OffsetsAsync(version, group));
        await KafkaAsync(version, "reset-offsets", "--group", group, "--from-file", ours, "--execute");
        Assert.Equal("4,0,0", await OffsetsAsync(version, group));

        (await KLogAsync("delete-offsets", "--group", group, "--topic", $"{Orders}:1,2")).Succeeded().Printed("Successful");
        Assert.Equal("4", await OffsetsAsync(version, group));
        (await KLogAsync("delete", "--group", group)).Succeeded().Printed($"('{group}') was successful");
        (await KafkaAsync(version, "list")).DidNotPrint(group);
    }

    [NeedsFact(Program.Kafka)]
    public async Task What_a_group_forbids_is_one_line_and_fails()
    {
        await FailsAsync($"group '{SampleGroups.Classic}': it is Stable, and can be reset only when it is inactive: stop its 1 members",
            "reset-offsets", "--group", SampleGroups.Classic, "--all-topics", "--to-latest", "--execute");
        await FailsAsync($"group '{SampleGroups.Static}': it is not empty (NON_EMPTY_GROUP): not deleted", "delete", "--group", SampleGroups.Static);
        await FailsAsync("group 'none': it does not exist (GROUP_ID_NOT_FOUND)", "describe", "--group", "none");
        await FailsAsync("topic 'none': there is no such topic or partition (UNKNOWN_TOPIC_OR_PARTITION)",
            "reset-offsets", "--group", SampleGroups.Empty, "--topic", "none", "--to-latest", "--execute");
        ProgramResult result = await KLogAsync("delete-offsets", "--group", SampleGroups.Static, "--topic", $"{SampleGroups.Payments}:0");
        Assert.Equal(1, result.ExitCode);
        result.Printed("Error: the group is subscribed to the topic (GROUP_SUBSCRIBED_TO_TOPIC)");
    }

    private async Task FailsAsync(string expected, params string[] arguments)
    {
        ProgramResult result = await KLogAsync(arguments[0], arguments[1..]);
        Assert.Equal(1, result.ExitCode);
        Assert.Equal([$"klog: {expected}"], result.Lines);
    }

    /// <summary>What the group has committed of the first topic, by partition: <c>4,0,0</c>.</summary>
    private async Task<string> OffsetsAsync(string version, string group) => string.Join(
        ',',
        Rows(await KafkaAsync(version, "describe", "--group", group))
            .Where(row => row.StartsWith($"{group} {Orders} ", StringComparison.Ordinal))
            .Order(StringComparer.Ordinal)
            .Select(row => row.Split(' ')[3]));

    protected async Task SameAsync(string version, string command, params string[] arguments)
    {
        string[] theirs = Rows(await KafkaAsync(version, command, arguments));
        string[] ours = Rows(await KLogAsync(command, arguments));
        if (command == "list" || arguments.Contains("--all-groups"))
        {
            // What other tests have left may change between the two.
            theirs = OfSamples(theirs);
            ours = OfSamples(ours);
        }

        if (version != Newest && command == "reset-offsets")
        {
            // Where it has forgotten its line ends.
            theirs = [.. string.Join(' ', theirs).Split(' ').Chunk(4).Select(row => string.Join(' ', row))];
        }

        Assert.NotEmpty(theirs);
        Assert.Equal(theirs.Order(StringComparer.Ordinal), ours.Order(StringComparer.Ordinal));
        if (version == Newest && command == "describe")
        {
            Assert.Equal(theirs, ours);
        }
    }

    private async Task<ProgramResult> KafkaAsync(string version, string command, params string[] arguments) =>
        (await shells.RunAsync(version, Tool, ["--bootstrap-server", broker.Address, $"--{command}", .. arguments])).Succeeded();

    private Task<ProgramResult> KLogAsync(string command, params string[] arguments) =>
        ProgramRun.RunAsync(KLogLaunch.Program, ["groups", command, "--bootstrap-server", broker.Address, .. arguments]);

    private static string[] OfSamples(string[] rows) =>
        [.. rows.Where(row => row.StartsWith("GROUP ", StringComparison.Ordinal) || row.StartsWith("sample-", StringComparison.Ordinal)).Distinct()];

    /// <summary>The lines of tables, with single blanks; without what is said besides, which each tool says in its own words.</summary>
    private static string[] Rows(ProgramResult result) =>
        [.. result.Lines.Where(line => !Remark().IsMatch(line)).Select(line => Blanks().Replace(line, " "))];

    [GeneratedRegex("^(klog: |Consumer group |Warn|WARN|\\[20)")]
    private static partial Regex Remark();

    [GeneratedRegex(" +")]
    private static partial Regex Blanks();
}
