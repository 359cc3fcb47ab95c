using System.Text.RegularExpressions;
using KLog.Conformance.Broker;
using KLog.Conformance.Java;
using KLog.Conformance.Programs;
using KLog.Conformance.Wire;
using KLog.Conformance.Wire.Groups;
using KLog.Protocol;
using KLog.Protocol.Groups;
using KLog.Protocol.Wire;

namespace KLog.Conformance.Tools;

/// <summary>kafka-consumer-groups of Kafka's last two lines, with every option.</summary>
[Collection(JvmCollection.Name)]
public sealed class KafkaGroupToolTests(BrokerUnderTest broker, JavaShells shells) : IAsyncLifetime
{
    private const int Records = 20;

    private WireClient _client = null!;
    private WireGroup _group = null!;
    private Topic _topic = null!;

    public static TheoryData<string> Versions => ["3.9.2", "4.3.1"];

    public async Task InitializeAsync()
    {
        _client = new WireClient(broker.Port);
        _group = await WireGroup.NewAsync(_client, $"tool-{Guid.NewGuid():N}"[..16]);
        _topic = await Topic.CreateAsync(_client, partitions: 2);
        await _client.SendAsync(Batches.Produce(_topic, Batches.Of(Records)), 9);
        Assert.Equal(ErrorCode.None, await _group.CommitAsync(_topic, 7, metadata: "m"));
    }

    public Task DisposeAsync()
    {
        _client.Dispose();
        return Task.CompletedTask;
    }

    [NeedsTheory(Program.Kafka)]
    [MemberData(nameof(Versions))]
    public async Task Groups_are_listed_and_described(string version)
    {
        using WireMember member = new(broker.Port, _group) { Protocols = [("range", WireMember.Subscription(_topic.Name))] };
        await AssignAsync(member);

        Assert.Contains(_group.Id, (await RunAsync(version, "--list")).Lines);
        Assert.Matches($@"{_group.Id}\s+Stable", (await RunAsync(version, "--list", "--state")).Output);
        Assert.Matches($@"{_group.Id}\s+Stable", (await RunAsync(version, "--list", "--state", "stable,empty")).Output);
        (await RunAsync(version, "--list", "--state", "Empty")).DidNotPrint(_group.Id);
        Assert.Matches($@"{_group.Id}\s+Classic", (await RunAsync(version, "--list", "--type")).Output);
        (await RunAsync(version, "--list", "--type", "classic")).Printed(_group.Id);

        string offsets = (await DescribeAsync(version)).Output;
        Assert.Matches($@"{_group.Id}\s+{_topic.Name}\s+0\s+7\s+{Records}\s+{Records - 7}\s+{member.Id}\s+/127.0.0.1\s+conformance", offsets);
        Assert.Matches($@"{_group.Id}\s+{_topic.Name}\s+1\s+-\s+0\s+-\s+{member.Id}", offsets);
        Assert.Matches($@"{_topic.Name}\s+0\s+(-\s+)?7\s+", (await DescribeAsync(version, "--offsets", "--verbose")).Output);
        Assert.Matches($@"{member.Id}\s+/127.0.0.1\s+conformance\s+2", (await DescribeAsync(version, "--members")).Output);
        (await DescribeAsync(version, "--members", "--verbose")).Printed(version == "3.9.2" ? "(0,1)" : $"{_topic.Name}:0,1");
        Assert.Matches($@"{broker.Address}\s+\({broker.BrokerId}\)\s+range\s+Stable\s+1", (await DescribeAsync(version, "--state")).Output);
        Assert.Matches(@"range\s+Stable\s+", (await DescribeAsync(version, "--state", "--verbose")).Output);
        (await RunAsync(version, "--describe", "--all-groups", "--state", "--timeout", "10000")).Printed(_group.Id);
        (await TryAsync(version, "--delete", "--group", _group.Id)).Printed("not empty");
        (await TryAsync(version, "--reset-offsets", "--group", _group.Id, "--to-earliest", "--topic", _topic.Name, "--execute"))
            .Printed("Assignments can only be reset if the group");
        Assert.Matches($@"{_topic.Name}\s+0\s+Error: .*ubscribed", (await TryAsync(version, "--delete-offsets", "--group", _group.Id, "--topic", _topic.Name)).Output);
        await member.LeaveAsync();
        (await DescribeAsync(version)).Printed($"Consumer group '{_group.Id}' has no active members.");
    }

    [NeedsTheory(Program.Kafka)]
    [MemberData(nameof(Versions))]
    public async Task Offsets_are_reset_in_every_way(string version)
    {
        string topic = _topic.Name;
        string file = Path.Combine(broker.Folder, $"{_group.Id}.csv");
        (string[] How, long Expected)[] cases =
        [
            (["--to-earliest", "--topic", topic], 0),
            (["--to-latest", "--topic", $"{topic}:0"], Records),
            (["--to-offset", "11", "--topic", $"{topic}:0"], 11),
            (["--shift-by", "-4", "--topic", $"{topic}:0"], 7),
            (["--shift-by", "1000", "--topic", $"{topic}:0"], Records),
            (["--to-datetime", "2020-01-01T00:00:00.000", "--topic", $"{topic}:0"], 0),
            (["--to-datetime", "2099-01-01T00:00:00.000Z", "--topic", $"{topic}:0"], Records),
            (["--by-duration", "PT1H", "--all-topics"], 0),
            (["--to-offset", "3", "--all-topics"], 3),
            (["--to-current", "--all-topics"], 3),
        ];
        foreach ((string[] how, long expected) in cases)
        {
            Assert.Matches($@"{_group.Id}\s+{topic}\s+0\s+{expected}", (await ResetAsync(version, [.. how, "--execute"])).Output);
            Assert.Equal(expected, await _group.OffsetAsync(_topic));
        }

        (await ResetAsync(version, "--to-latest", "--topic", topic, "--dry-run")).Printed($"{Records}");
        Assert.Equal(3, await _group.OffsetAsync(_topic));
        string exported = (await ResetAsync(version, "--to-latest", "--topic", $"{topic}:0", "--export", "--dry-run")).Output;
        await File.WriteAllTextAsync(file, Regex.Match(exported, $"\"{topic}\",0,{Records}").Value + "\n");
        await ResetAsync(version, "--from-file", file, "--execute");
        Assert.Equal(Records, await _group.OffsetAsync(_topic));
    }

    [NeedsTheory(Program.Kafka)]
    [MemberData(nameof(Versions))]
    public async Task Groups_and_offsets_are_deleted(string version)
    {
        WireGroup other = await WireGroup.NewAsync(_client);
        await other.CommitAsync(_topic, 1);
        await _group.CommitAsync(_topic, 1, partition: 1);
        Assert.Matches($@"{_topic.Name}\s+0\s+Successful", (await RunAsync(version, "--delete-offsets", "--group", _group.Id, "--topic", $"{_topic.Name}:0")).Output);
        Assert.Equal((-1, 1), (await _group.OffsetAsync(_topic), await _group.OffsetAsync(_topic, 1)));
        (await RunAsync(version, "--delete", "--group", _group.Id, "--group", other.Id)).Printed("was successful");
        (await RunAsync(version, "--list")).DidNotPrint(_group.Id).DidNotPrint(other.Id);
        (await TryAsync(version, "--delete", "--group", _group.Id)).Printed("GroupIdNotFound");
        (await TryAsync(version, "--describe", "--group", _group.Id)).Printed(version == "3.9.2" ? "does not exist" : "not found");
    }

    /// <summary>A consumer's own words, so that the tool can read them.</summary>
    private async Task AssignAsync(WireMember member)
    {
        Assert.Equal(ErrorCode.None, (await member.JoinAsync()).ErrorCode);
        ConsumerProtocolAssignment assignment = new() { AssignedPartitions = [new() { Topic = _topic.Name, Partitions = [0, 1] }] };
        Assert.Equal(ErrorCode.None, (await member.AssignAsync((member, Versioned.Write(assignment, 1)))).ErrorCode);
    }

    private Task<ProgramResult> DescribeAsync(string version, params string[] options) =>
        RunAsync(version, ["--describe", "--group", _group.Id, .. options]);

    private Task<ProgramResult> ResetAsync(string version, params string[] options) =>
        RunAsync(version, ["--reset-offsets", "--group", _group.Id, .. options]);

    private async Task<ProgramResult> RunAsync(string version, params string[] options) =>
        (await TryAsync(version, options)).Succeeded().DidNotPrint("Error: ");

    private Task<ProgramResult> TryAsync(string version, params string[] options) => shells.RunAsync(
        version, "org.apache.kafka.tools.consumer.group.ConsumerGroupCommand", ["--bootstrap-server", broker.Address, .. options]);
}
