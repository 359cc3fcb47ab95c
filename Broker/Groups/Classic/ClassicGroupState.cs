namespace KLog.Broker.Groups.Classic;

/// <summary>◆ Where a classic group stands. The names are the ones that clients are told.</summary>
internal enum ClassicGroupState
{
    /// <summary>No members; offsets may be kept.</summary>
    Empty,

    /// <summary>Members are asked to join again; those that do wait for the others.</summary>
    PreparingRebalance,

    /// <summary>All have joined; the leader's assignment is awaited.</summary>
    CompletingRebalance,

    Stable,

    /// <summary>Deleted: nothing may be done with it any more.</summary>
    Dead,
}
