using System.Net;

namespace KLog.Broker;

/// <summary>Who this broker is.</summary>
/// <param name="Epoch">The zxid of its registration: tells this life of the broker from earlier ones.</param>
/// <param name="Addresses">What it listens on, by listener name; a port 0 has become the bound one.</param>
public sealed record BrokerIdentity(
    int Id, string ClusterId, long Epoch, IReadOnlyList<(string Listener, IPEndPoint Address)> Addresses);
