namespace KLog.Coordination.ZooKeeper;

/// <summary>
/// What a server must be told to go on with a session. Written while a connection is being established, and its last zxid by
/// the connection; read by everyone.
/// </summary>
internal sealed class SessionIdentity(TimeSpan requestedTimeout)
{
    private long _id;
    private long _lastZxid;

    public TimeSpan RequestedTimeout { get; } = requestedTimeout;

    /// <summary>0 before the first connection.</summary>
    public long Id
    {
        get => Volatile.Read(ref _id);
        set => Volatile.Write(ref _id, value);
    }

    public byte[] Password { get; set; } = new byte[16];

    /// <summary>What the server granted.</summary>
    public TimeSpan Timeout { get; set; } = requestedTimeout;

    /// <summary>The last change this session has seen: a server that is behind it must not serve it.</summary>
    public long LastZxid
    {
        get => Volatile.Read(ref _lastZxid);
        set => Volatile.Write(ref _lastZxid, value);
    }
}
