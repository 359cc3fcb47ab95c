namespace KLog.Broker.Controller;

/// <summary>
/// ◆ Where the replicas of new partitions go. Leaders go round the brokers; followers lie at a distance from their leader
/// that grows with every round, so that the load of a broker that dies spreads over all. With racks, the brokers are first
/// put in an order that alternates between them, and a partition takes a rack twice only when it has one replica in each.
/// </summary>
/// <remarks>As Kafka's KIP-36. Brokers without a rack among ones with make racks not count.</remarks>
public static class ReplicaPlacement
{
    /// <summary>The replicas of new partitions, each list with the preferred leader first.</summary>
    /// <param name="firstPartition">How many partitions the topic has already.</param>
    /// <param name="start">Where in the order of the brokers the round begins, and how far from it the first follower lies.</param>
    public static IReadOnlyList<IReadOnlyList<int>> Place(
        IReadOnlyList<BrokerRack> brokers,
        int partitions,
        int replicationFactor,
        int firstPartition,
        (int Leader, int Shift) start)
    {
        bool racks = brokers.All(broker => broker.Rack is not null);
        BrokerRack[] order = racks ? Alternating(brokers) : [.. brokers.OrderBy(broker => broker.Id)];
        int rackCount = racks ? order.DistinctBy(broker => broker.Rack).Count() : 1;
        var placed = new List<IReadOnlyList<int>>(partitions);
        int shift = start.Shift;
        for (int i = 0; i < partitions; i++)
        {
            int partition = firstPartition + i;
            if (partition > 0 && partition % order.Length == 0)
            {
                shift++;
            }

            int leader = (partition + start.Leader) % order.Length;
            placed.Add(racks
                ? OverRacks(order, rackCount, leader, shift, replicationFactor)
                : [.. Enumerable.Range(-1, replicationFactor).Select(follower => order[At(leader, shift, follower, order.Length)].Id)]);
        }

        return placed;
    }

    /// <summary>The brokers, one of each rack in turn: the first of each by number, then the second of each, and so on.</summary>
    public static BrokerRack[] Alternating(IReadOnlyList<BrokerRack> brokers) =>
    [
        .. brokers
            .GroupBy(broker => broker.Rack, StringComparer.Ordinal)
            .OrderBy(rack => rack.Key, StringComparer.Ordinal)
            .SelectMany(rack => rack.OrderBy(broker => broker.Id).Select((broker, place) => (broker, place)))
            .OrderBy(b => b.place)
            .Select(b => b.broker),
    ];

    /// <summary>The place of a follower (−1: the leader itself) in the order of the brokers; never the leader's own.</summary>
    private static int At(int leader, int shift, int follower, int brokers) =>
        follower < 0 ? leader : (leader + 1 + ((shift + follower) % (brokers - 1))) % brokers;

    private static List<int> OverRacks(BrokerRack[] order, int rackCount, int leader, int shift, int replicationFactor)
    {
        var replicas = new List<int> { order[leader].Id };
        var racks = new HashSet<string?> { order[leader].Rack };
        for (int follower = 0; replicas.Count < replicationFactor; follower++)
        {
            BrokerRack broker = order[At(leader, shift * rackCount, follower, order.Length)];
            bool rackIsDue = !racks.Contains(broker.Rack) || racks.Count == rackCount;
            if (rackIsDue && !replicas.Contains(broker.Id))
            {
                replicas.Add(broker.Id);
                racks.Add(broker.Rack);
            }
        }

        return replicas;
    }
}
