using KLog.Conformance.Broker;
using KLog.Conformance.Programs;

namespace KLog.Conformance.Clients;

/// <summary>Node.js clients (node/…).</summary>
[Collection(WireCollection.Name)]
public sealed class NodeTests(BrokerUnderTest broker)
{
    [NeedsTheory(Program.KafkaJs)]
    [InlineData("plain")]
    [InlineData("gzip")]
    [InlineData("idempotent")]
    [InlineData("admin")]
    [InlineData("group")]
    public Task KafkaJs(string scenario) => RunAsync("kafkajs.cjs", broker.Address, scenario);

    [NeedsFact(Program.PlatformaticKafka)]
    public Task PlatformaticKafka() => RunAsync("platformatic.mjs", broker.Address);

    private static async Task RunAsync(string program, params string[] arguments) =>
        (await ProgramRun.RunAsync("node", [Path.Combine(Repository.Conformance, "node", program), Prerequisites.NodeModules, .. arguments]))
            .Succeeded();
}
