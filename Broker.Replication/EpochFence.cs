using KLog.Protocol;

namespace KLog.Broker.Replication;

/// <summary>◆ Whether a request that names a leader epoch may be served here (KIP-320).</summary>
public static class EpochFence
{
    /// <param name="leader">Null where this replica does not lead.</param>
    /// <param name="epoch">The epoch that the client knows, -1 when it knows none.</param>
    public static ErrorCode Check(LeaderState? leader, int epoch)
    {
        if (leader is null)
        {
            return ErrorCode.NotLeaderOrFollower;
        }

        if (epoch < 0 || epoch == leader.LeaderEpoch)
        {
            return ErrorCode.None;
        }

        return epoch < leader.LeaderEpoch ? ErrorCode.FencedLeaderEpoch : ErrorCode.UnknownLeaderEpoch;
    }
}
