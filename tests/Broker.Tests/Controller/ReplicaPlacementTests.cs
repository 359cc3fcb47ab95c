using KLog.Broker.Controller;
using Xunit.Abstractions;

namespace KLog.Broker.Tests.Controller;

public sealed class ReplicaPlacementTests(ITestOutputHelper output)
{
    [Fact]
    public void Without_racks_leaders_go_round_and_followers_move_away_with_each_round()
    {
        BrokerRack[] brokers = [.. Enumerable.Range(0, 5).Select(id => new BrokerRack(id, null))];
        IReadOnlyList<IReadOnlyList<int>> placed = ReplicaPlacement.Place(brokers, 10, 3, 0, (0, 0));
        string[] expected = ["0,1,2", "1,2,3", "2,3,4", "3,4,0", "4,0,1", "0,2,3", "1,3,4", "2,4,0", "3,0,1", "4,1,2"];
        Assert.Equal(expected, placed.Select(replicas => string.Join(',', replicas)));
    }

    [Fact]
    public void With_racks_the_replicas_of_a_partition_lie_in_different_ones()
    {
        BrokerRack[] brokers = [new(0, "rack1"), new(1, "rack3"), new(2, "rack3"), new(3, "rack2"), new(4, "rack2"), new(5, "rack1")];
        Assert.Equal([0, 3, 1, 5, 4, 2], ReplicaPlacement.Alternating(brokers).Select(broker => broker.Id));
        IReadOnlyList<IReadOnlyList<int>> placed = ReplicaPlacement.Place(brokers, 7, 3, 0, (0, 0));
        string[] expected = ["0,3,1", "3,1,5", "1,5,4", "5,4,2", "4,2,0", "2,0,3", "0,4,2"];
        Assert.Equal(expected, placed.Select(replicas => string.Join(',', replicas)));
    }

    [Fact]
    public void Partitions_that_come_later_go_on_with_the_round()
    {
        BrokerRack[] brokers = [.. Enumerable.Range(0, 4).Select(id => new BrokerRack(id, null))];
        IReadOnlyList<IReadOnlyList<int>> all = ReplicaPlacement.Place(brokers, 4, 2, 0, (1, 1));
        IReadOnlyList<IReadOnlyList<int>> later = ReplicaPlacement.Place(brokers, 2, 2, 2, (1, 1));
        Assert.Equal(all.Skip(2), later);
    }

    [Fact]
    public void Any_cluster_gets_even_leaders_and_as_many_racks_as_there_are()
    {
        int seed = int.TryParse(Environment.GetEnvironmentVariable("SEED"), out int given) ? given : Random.Shared.Next();
        output.WriteLine($"SEED={seed}");
        var random = new Random(seed);
        for (int round = 0; round < 300; round++)
        {
            int count = random.Next(1, 12);
            int racks = random.Next(0, 4);
            BrokerRack[] brokers = [.. Enumerable.Range(0, count).Select(id => new BrokerRack(id * 3, racks == 0 ? null : $"r{random.Next(racks)}"))];
            int factor = random.Next(1, count + 1);
            int partitions = count * random.Next(1, 5);
            IReadOnlyList<IReadOnlyList<int>> placed = ReplicaPlacement.Place(brokers, partitions, factor, 0, (random.Next(count), random.Next(count)));

            Assert.Equal(partitions, placed.Count);
            Assert.All(placed.GroupBy(replicas => replicas[0]), led => Assert.Equal(partitions / count, led.Count()));
            int rackCount = brokers.DistinctBy(broker => broker.Rack).Count();
            foreach (IReadOnlyList<int> replicas in placed)
            {
                Assert.Equal(factor, replicas.Distinct().Count());
                int used = replicas.Select(id => brokers.Single(broker => broker.Id == id).Rack).Distinct().Count();
                Assert.Equal(racks == 0 ? 1 : Math.Min(factor, rackCount), used);
            }
        }
    }
}
