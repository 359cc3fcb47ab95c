using KLog.Conformance.Programs;

namespace KLog.Conformance.Broker;

/// <summary>
/// A Kafka 4.3.1 whatever broker is under test: what KLog's own tools are tried against. Nothing is started where there is
/// no Kafka.
/// </summary>
public sealed class RealKafka : BrokerUnderTest
{
    public override IReadOnlyList<string> Settings => [.. base.Settings, "offsets.topic.num.partitions=4"];

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
