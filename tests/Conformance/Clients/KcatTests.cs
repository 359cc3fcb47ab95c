using System.Globalization;
using KLog.Conformance.Broker;
using KLog.Conformance.Programs;

namespace KLog.Conformance.Clients;

/// <summary>kcat of the distribution, on librdkafka 2.0: the client that looks at the advertised produce versions to choose a codec.</summary>
[Collection(WireCollection.Name)]
public sealed class KcatTests(BrokerUnderTest broker)
{
    private const string Format = "%p|%o|%k|%s|%h|%S\\n";

    [NeedsTheory(Program.Kcat)]
    [InlineData("none")]
    [InlineData("gzip")]
    [InlineData("snappy")]
    [InlineData("lz4")]
    [InlineData("zstd")]
    public async Task What_is_produced_is_consumed(string codec)
    {
        string topic = Name();
        string input = string.Concat(Enumerable.Range(0, 500).Select(i => $"k{i}:value {i} {new string('x', 200)}\n"));
        await KcatAsync(input, "-P", "-t", topic, "-p", "0", "-K", ":", "-z", codec, "-H", "color=blue", "-H", "empty=");
        ProgramResult read = await KcatAsync("", "-C", "-t", topic, "-o", "beginning", "-e", "-q", "-f", Format);
        Assert.Equal(Enumerable.Range(0, 500).Select(Line), read.Lines);

        static string Line(int i)
        {
            string value = $"value {i} {new string('x', 200)}";
            return $"0|{i}|k{i}|{value}|color=blue,empty=|{value.Length}";
        }
    }

    [NeedsFact(Program.Kcat)]
    public async Task Offsets_from_the_end_by_number_and_by_time()
    {
        string topic = Name();
        await KcatAsync("a\nb\nc\nd\ne\n", "-P", "-t", topic, "-p", "0");
        Assert.Equal(["d", "e"], (await KcatAsync("", "-C", "-t", topic, "-o", "-2", "-e", "-q")).Lines);
        Assert.Equal(["b", "c"], (await KcatAsync("", "-C", "-t", topic, "-p", "0", "-o", "1", "-c", "2", "-q")).Lines);
        Assert.Equal(["a", "b", "c", "d", "e"], (await KcatAsync("", "-C", "-t", topic, "-o", "s@1", "-e", "-q")).Lines);
        Assert.Empty((await KcatAsync("", "-C", "-t", topic, "-o", "end", "-e", "-q")).Lines);
        (await KcatAsync("", "-Q", "-t", $"{topic}:0:1")).Printed($"{topic} [0] offset 0");
        (await KcatAsync("", "-Q", "-t", $"{topic}:0:-1")).Printed($"{topic} [0] offset 5");
        (await KcatAsync("", "-Q", "-t", $"{topic}:0:-2")).Printed($"{topic} [0] offset 0");
    }

    [NeedsFact(Program.Kcat)]
    public async Task Null_keys_and_values_stay_null()
    {
        string topic = Name();
        await KcatAsync("k:\nv\n", "-P", "-t", topic, "-p", "0", "-K", ":", "-Z");
        ProgramResult read = await KcatAsync("", "-C", "-t", topic, "-o", "beginning", "-e", "-q", "-Z", "-f", "%k|%s|%S|%K\\n");
        Assert.Equal(["k|NULL|-1|1", "NULL|v|1|-1"], read.Lines);
    }

    [NeedsFact(Program.Kcat)]
    public async Task Metadata_lists_the_broker_and_the_topics()
    {
        string topic = Name();
        await KcatAsync("a\n", "-P", "-t", topic);
        (await KcatAsync("", "-L")).Printed($"broker {broker.BrokerId} at {broker.Address}").Printed($"topic \"{topic}\" with 1 partitions");
        (await KcatAsync("", "-L", "-t", topic, "-J")).Printed($"\"isrs\":[{{\"id\":{broker.BrokerId}}}]");
    }

    [NeedsTheory(Program.Kcat)]
    [InlineData("acks=0")]
    [InlineData("acks=1")]
    [InlineData("acks=all")]
    [InlineData("enable.idempotence=true")]
    [InlineData("max.in.flight.requests.per.connection=1")]
    [InlineData("api.version.request=false,broker.version.fallback=0.11.0")]
    public async Task Producers_of_all_kinds_deliver_in_order(string settings)
    {
        string topic = Name();
        string input = string.Concat(Enumerable.Range(0, 2000).Select(i => $"{i}\n"));
        string[] options = [.. settings.Split(',').SelectMany(s => new[] { "-X", s })];
        await KcatAsync(input, ["-P", "-t", topic, "-p", "0", "-X", "batch.num.messages=100", .. options]);
        ProgramResult read = await KcatAsync("", "-C", "-t", topic, "-o", "beginning", "-c", "2000", "-q");
        Assert.Equal(Enumerable.Range(0, 2000).Select(i => i.ToString(CultureInfo.InvariantCulture)), read.Lines);
    }

    [NeedsFact(Program.Kcat)]
    public async Task A_batch_with_a_checksum_is_checked_by_the_reader()
    {
        string topic = Name();
        await KcatAsync("a\nb\n", "-P", "-t", topic, "-p", "0", "-z", "lz4");
        Assert.Equal(["a", "b"], (await KcatAsync("", "-C", "-t", topic, "-o", "beginning", "-e", "-q", "-X", "check.crcs=true")).Lines);
    }

    [NeedsTheory(Program.Kcat)]
    [InlineData("range,roundrobin")]
    [InlineData("cooperative-sticky")]
    public async Task A_group_goes_on_where_it_has_come_to(string assignors)
    {
        string topic = Name();
        string[] member = ["-G", $"{topic}-group", "-q", "-X", "auto.offset.reset=earliest", "-X", $"partition.assignment.strategy={assignors}"];
        await KcatAsync("a\nb\nc\n", "-P", "-t", topic, "-p", "0");
        Assert.Equal(["a", "b"], (await KcatAsync("", [.. member, "-c", "2", topic])).Lines);
        await KcatAsync("d\n", "-P", "-t", topic, "-p", "0");
        Assert.Equal(["c", "d"], (await KcatAsync("", [.. member, "-e", topic])).Lines);
    }

    private static string Name() => $"kcat-{Guid.NewGuid():N}";

    private async Task<ProgramResult> KcatAsync(string input, params string[] arguments) =>
        (await ProgramRun.RunAsync("kcat", ["-b", broker.Address, .. arguments], input)).Succeeded();
}
