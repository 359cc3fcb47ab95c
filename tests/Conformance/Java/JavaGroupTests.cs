using KLog.Conformance.Broker;
using KLog.Conformance.Programs;

namespace KLog.Conformance.Java;

/// <summary>Java's consumers in groups, by each assignor and by both protocols.</summary>
[Collection(JvmCollection.Name)]
public sealed class JavaGroupTests(BrokerUnderTest broker, JavaShells shells)
{
    private const string Assignors = "partition.assignment.strategy=org.apache.kafka.clients.consumer.";

    public static TheoryData<string, string, string[]> Cases()
    {
        TheoryData<string, string, string[]> cases = new()
        {
            { "2.1.1", "Groups", [] },
            { "2.1.1", "Groups", [$"{Assignors}StickyAssignor"] },
            { "2.8.2", "Groups", [$"{Assignors}CooperativeStickyAssignor"] },
            { "2.8.2", "StaticMembers", [] },
            { "3.4.1", "Groups", [] },
            { "3.4.1", "Groups", [$"{Assignors}RoundRobinAssignor"] },
            { "3.9.2", "Groups", [$"{Assignors}CooperativeStickyAssignor"] },
            { "3.9.2", "StaticMembers", [$"{Assignors}CooperativeStickyAssignor"] },
            { "4.3.1", "Groups", [] },
            { "4.3.1", "StaticMembers", [] },
        };
        if (BrokerUnderTest.Kind != "kafka-3.9.2")
        {
            cases.Add("3.9.2", "Groups", ["group.protocol=consumer"]);
            cases.Add("4.3.1", "Groups", ["group.protocol=consumer"]);
            cases.Add("4.3.1", "Groups", ["group.protocol=consumer", "group.remote.assignor=range"]);
            cases.Add("4.3.1", "StaticMembers", ["group.protocol=consumer"]);
        }

        return cases;
    }

    [NeedsTheory(Program.Kafka)]
    [MemberData(nameof(Cases))]
    public async Task Members_share_a_topic(string version, string scenario, string[] settings) =>
        (await shells.RunAsync(version, scenario, [broker.Address, .. settings])).Succeeded();
}
