using KLog.Coordination.Registries;

namespace KLog.Broker.Controller;

/// <summary>◆ Who leads a partition.</summary>
public static class LeaderElection
{
    /// <summary>A new partition's state: the first living replica leads, and those that live are in sync. Null when none lives.</summary>
    public static PartitionState? ForNew(ReplicaAssignment assignment, IReadOnlySet<int> alive, int controllerEpoch)
    {
        int[] living = [.. assignment.Replicas.Where(alive.Contains)];
        return living.Length == 0 ? null : new PartitionState(living[0], 0, living, controllerEpoch);
    }

    /// <summary>
    /// The state of a partition whose leader does not live: the first living replica that is in sync leads the next epoch.
    /// When none lives, the last in-sync ones stay so, and nobody leads. Null when there is nothing to change.
    /// </summary>
    public static PartitionState? ForOffline(PartitionState state, ReplicaAssignment assignment, IReadOnlySet<int> alive, int controllerEpoch)
    {
        if (alive.Contains(state.Leader))
        {
            return null;
        }

        int[] living = [.. assignment.Replicas.Where(replica => state.Isr.Contains(replica) && alive.Contains(replica))];
        if (living.Length == 0)
        {
            return state.Leader == PartitionState.NoLeader
                ? null
                : state with { Leader = PartitionState.NoLeader, LeaderEpoch = state.LeaderEpoch + 1, ControllerEpoch = controllerEpoch };
        }

        return state with { Leader = living[0], LeaderEpoch = state.LeaderEpoch + 1, Isr = living, ControllerEpoch = controllerEpoch };
    }
}
