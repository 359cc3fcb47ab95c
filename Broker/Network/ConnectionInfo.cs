using System.Net;

namespace KLog.Broker.Network;

/// <summary>Who is at the other end of a connection.</summary>
/// <param name="Id">As Kafka writes it: local address, remote address and a number.</param>
/// <param name="Closed">Is cancelled when the connection is gone, so that what waits for it can stop waiting.</param>
public sealed record ConnectionInfo(string Id, string ListenerName, IPEndPoint Remote, CancellationToken Closed)
{
    /// <summary>As Kafka prints a peer: <c>/127.0.0.1</c>.</summary>
    public string ClientHost { get; } = "/" + Remote.Address;
}
