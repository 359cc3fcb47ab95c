using KLog.Broker.Controller;
using KLog.Coordination.Registries;

namespace KLog.Broker.Tests.Controller;

public sealed class LeaderElectionTests
{
    private static readonly ReplicaAssignment Assignment = new([1, 2, 3]);

    [Theory]
    [InlineData("1,2,3", 1, "1,2,3")]
    [InlineData("2,3", 2, "2,3")]
    [InlineData("3", 3, "3")]
    public void The_first_living_replica_leads_a_new_partition(string alive, int leader, string isr)
    {
        PartitionState state = LeaderElection.ForNew(Assignment, Set(alive), 7)!;
        Assert.Equal((leader, 0, isr, 7), (state.Leader, state.LeaderEpoch, string.Join(',', state.Isr), state.ControllerEpoch));
    }

    [Fact]
    public void Nobody_leads_a_new_partition_when_nobody_lives() => Assert.Null(LeaderElection.ForNew(Assignment, Set("9"), 7));

    [Theory]
    [InlineData(1, "1,2", "1,2,3", null, null)]
    [InlineData(1, "1,2,3", "2,3", 2, "2,3")]
    [InlineData(1, "1,3", "2,3", 3, "3")]
    [InlineData(1, "1", "2,3", -1, "1")]
    [InlineData(-1, "1", "2,3", null, null)]
    [InlineData(-1, "1", "1,2", 1, "1")]
    public void A_dead_leader_is_followed_by_one_in_sync(int leader, string isr, string alive, int? next, string? nextIsr)
    {
        var state = new PartitionState(leader, 4, [.. Set(isr)], 1, 9);
        PartitionState? elected = LeaderElection.ForOffline(state, Assignment, Set(alive), 7);
        Assert.Equal(next, elected?.Leader);
        if (elected is not null)
        {
            Assert.Equal((5, 7, 9, nextIsr), (elected.LeaderEpoch, elected.ControllerEpoch, elected.NodeVersion, string.Join(',', elected.Isr)));
        }
    }

    private static SortedSet<int> Set(string ids) => [.. ids.Split(',').Select(id => int.Parse(id, System.Globalization.CultureInfo.InvariantCulture))];
}
