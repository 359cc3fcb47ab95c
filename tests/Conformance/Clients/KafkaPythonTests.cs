using KLog.Conformance.Broker;
using KLog.Conformance.Programs;

namespace KLog.Conformance.Clients;

/// <summary>kafka-python of the distribution (python/kafka_python.py). It has the codecs whose Python modules are installed: gzip is in the box.</summary>
[Collection(WireCollection.Name)]
public sealed class KafkaPythonTests(BrokerUnderTest broker)
{
    [NeedsTheory(Program.KafkaPython)]
    [InlineData("none")]
    [InlineData("gzip")]
    [InlineData("admin")]
    public async Task A_python_client_gets_what_it_was_promised(string scenario)
    {
        string program = Path.Combine(Repository.Conformance, "python", "kafka_python.py");
        (await ProgramRun.RunAsync("/usr/bin/python3", program, broker.Address, scenario)).Succeeded();
    }
}
