namespace KLog.Coordination;

/// <summary>What kind of node is made. The values are ZooKeeper's flags on the wire.</summary>
[Flags]
public enum CreateMode
{
    Persistent = 0,

    /// <summary>Goes with its session, and has no children.</summary>
    Ephemeral = 1,

    Sequential = 2,

    EphemeralSequential = Ephemeral | Sequential,
}
