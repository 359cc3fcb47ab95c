using KLog.Conformance.Broker;
using KLog.Conformance.Programs;

namespace KLog.Conformance.Java;

/// <summary>Kafka's own Java clients: each scenario (java/…/NAME.java) on each version whose client can do it.</summary>
[Collection(JvmCollection.Name)]
public sealed class JavaClientTests(BrokerUnderTest broker, JavaShells shells)
{
    private static readonly (string Scenario, string? Argument, string Since, string Until)[] Scenarios =
    [
        ("Acks", "0", "2.1", "9"),
        ("Acks", "1", "2.1", "9"),
        ("Acks", "all", "2.1", "9"),
        ("Acks", "idempotent", "2.1", "9"),
        ("Codecs", "none", "2.1", "9"),
        ("Codecs", "gzip", "2.1", "9"),
        ("Codecs", "snappy", "2.1", "9"),
        ("Codecs", "lz4", "2.1", "9"),
        ("Codecs", "zstd", "2.1", "9"),
        ("LargeBatches", null, "2.1", "9"),
        ("SeekAndTimes", null, "2.1", "9"),
        ("Fetching", null, "2.1", "9"),
        ("LogAppendTime", null, "2.1", "9"),
        ("Topics", null, "2.1", "9"),
        ("AdminTopics", null, "2.1", "9"),
        ("AdminConfigs", null, "2.1", "9"),
        ("AdminOld", null, "2.1", "3.9"),
        ("AdminOffsets", null, "2.8", "9"),
        ("AdminIncremental", null, "2.8", "9"),
        ("AdminRecent", null, "3.4", "9"),
        ("AdminTiered", null, "3.9", "9"),
        ("AdminNewest", null, "4.3", "9"),
    ];

    public static TheoryData<string, string, string?> Cases()
    {
        TheoryData<string, string, string?> cases = [];
        foreach (string version in JavaShells.Versions)
        {
            string minor = version[..3];
            foreach ((string scenario, string? argument, string since, string until) in Scenarios)
            {
                // Kafka 3.9's broker does not know all that the newest client asks.
                if (scenario == "AdminNewest" && BrokerUnderTest.Kind == "kafka-3.9.2")
                {
                    continue;
                }

                if (string.CompareOrdinal(minor, since) >= 0 && string.CompareOrdinal(minor, until) <= 0)
                {
                    cases.Add(version, scenario, argument);
                }
            }
        }

        return cases;
    }

    [NeedsTheory(Program.Kafka)]
    [MemberData(nameof(Cases))]
    public async Task A_java_client_gets_what_it_was_promised(string version, string scenario, string? argument)
    {
        string[] arguments = argument is null ? [broker.Address] : [broker.Address, argument];
        (await shells.RunAsync(version, scenario, arguments)).Succeeded();
    }
}
