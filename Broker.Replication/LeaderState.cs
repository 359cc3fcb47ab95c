namespace KLog.Broker.Replication;

/// <summary>What a leader has been told of its partition: ◆ data, replaced as a whole.</summary>
/// <param name="LeaderEpoch">Grows with each election.</param>
/// <param name="InSync">Includes the leader.</param>
/// <param name="PartitionEpoch">The version of the partition's state in the tree.</param>
public sealed record LeaderState(
    int LeaderEpoch,
    IReadOnlyList<int> Replicas,
    IReadOnlyList<int> InSync,
    int PartitionEpoch);
