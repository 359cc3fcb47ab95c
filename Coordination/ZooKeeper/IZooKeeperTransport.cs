namespace KLog.Coordination.ZooKeeper;

/// <summary>How bytes get to a server; tests put something in between that can be cut.</summary>
internal interface IZooKeeperTransport
{
    /// <summary>A new stream to the server. Throws IOException, SocketException or AuthenticationException when there is none.</summary>
    Task<Stream> ConnectAsync(ServerAddress server, CancellationToken cancellation);
}
