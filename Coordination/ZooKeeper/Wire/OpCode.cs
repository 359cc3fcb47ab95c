namespace KLog.Coordination.ZooKeeper.Wire;

/// <summary>What a request asks for: ZooKeeper 3.8's numbers.</summary>
internal enum OpCode
{
    Delete = 2,
    Exists = 3,
    GetData = 4,
    SetData = 5,
    Sync = 9,
    Ping = 11,
    GetChildren2 = 12,
    Check = 13,
    Multi = 14,

    /// <summary>A create that is answered with the stat too.</summary>
    Create2 = 15,

    SetWatches = 101,
    Sasl = 102,
    CloseSession = -11,
}

/// <summary>The xids that belong to no call. Those of calls are positive, and answered in their order.</summary>
internal static class SpecialXid
{
    public const int WatchEvent = -1;
    public const int Ping = -2;
    public const int SetWatches = -8;
}
