namespace KLog.Broker.Controller;

/// <summary>A topic that somebody wants.</summary>
/// <param name="Partitions">−1: the broker's default, or as many as are assigned.</param>
/// <param name="ReplicationFactor">−1: the broker's default, or as many as are assigned.</param>
/// <param name="Assignments">Where each partition's replicas shall be, the preferred leader first; null: wherever there is room.</param>
/// <param name="Configs">Its own configs. A null value is refused.</param>
public sealed record NewTopic(
    string Name,
    int Partitions,
    short ReplicationFactor,
    IReadOnlyList<(int Partition, IReadOnlyList<int> Brokers)>? Assignments,
    IReadOnlyList<KeyValuePair<string, string?>> Configs)
{
    /// <summary>With everything as the brokers have it by default.</summary>
    public static NewTopic ByDefault(string name) => new(name, -1, -1, null, []);
}

/// <summary>A topic that shall grow to a number of partitions.</summary>
/// <param name="Assignments">For each new partition in order; null: wherever there is room.</param>
public sealed record GrowingTopic(string Name, int Count, IReadOnlyList<IReadOnlyList<int>>? Assignments);
