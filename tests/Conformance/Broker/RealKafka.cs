using KLog.Conformance.Programs;

namespace KLog.Conformance.Broker;

/// <summary>
/// A Kafka 4.3.1 whatever broker is under test: what KLog's own tools are tried against. Nothing is started where there is
/// no Kafka.
/// </summary>
public sealed class RealKafka : BrokerUnderTest
{
    /// <summary>Members that send no heartbeats live on while a busy machine runs tools.</summary>
    public override IReadOnlyList<string> Settings =>
    [
        "offsets.topic.num.partitions=4", "group.initial.rebalance.delay.ms=0",
        "group.consumer.max.session.timeout.ms=300000", "group.consumer.session.timeout.ms=300000",
    ];

    protected override string Make => "kafka-4.3.1";

    public override Task InitializeAsync() => Prerequisites.Missing(Program.Kafka) is null ? base.InitializeAsync() : Task.CompletedTask;

    public override Task DisposeAsync()
    {
        if (Prerequisites.Missing(Program.Kafka) is null)
        {
            return base.DisposeAsync();
        }

        Directory.Delete(Folder, recursive: true);
        return Task.CompletedTask;
    }
}
