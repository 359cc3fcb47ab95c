using KLog.Conformance.Broker;
using KLog.Conformance.Programs;

namespace KLog.Conformance.Java;

/// <summary>A broker with two folders.</summary>
public sealed class TwoFolderBroker : BrokerUnderTest
{
    public override IReadOnlyList<string> LogDirs => [LogDir, $"{LogDir}-2"];
}

/// <summary>Kafka's admin client moves a replica to another folder while it is written to (KIP-113).</summary>
[Collection(JvmCollection.Name)]
public sealed class MoveReplicaTests(TwoFolderBroker broker, JavaShells shells) : IClassFixture<TwoFolderBroker>
{
    [NeedsTheory(Program.Kafka)]
    [InlineData("3.9.2")]
    [InlineData("4.3.1")]
    public async Task A_replica_moves_under_a_live_producer(string version) =>
        (await shells.RunAsync(version, "MoveReplica", [broker.Address, $"{broker.BrokerId}", .. broker.LogDirs])).Succeeded();
}
