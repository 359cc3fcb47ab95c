using KLog.Coordination.Registries;

namespace KLog.Broker.Controller;

/// <summary>A partition as the controller knows it.</summary>
/// <param name="State">Null until the controller has made it.</param>
public sealed record PartitionRecord(ReplicaAssignment Assignment, PartitionState? State);

/// <summary>A topic as the controller knows it: what is in the tree. Partitions are by number, without gaps.</summary>
/// <param name="NodeVersion">Of the topic's node.</param>
public sealed record TopicRecord(
    string Name,
    Guid Id,
    IReadOnlyList<PartitionRecord> Partitions,
    IReadOnlyDictionary<string, string> Configs,
    int NodeVersion)
{
    public TopicAssignment ToAssignment() =>
        new(Name, Id, Partitions.Select((partition, number) => (partition, number)).ToDictionary(p => p.number, p => p.partition.Assignment), NodeVersion);
}

/// <summary>A living broker, for placement.</summary>
public readonly record struct BrokerRack(int Id, string? Rack);
