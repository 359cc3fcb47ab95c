using System.Net;
using System.Net.Sockets;

namespace KLog.Bench.Throughput.Load;

/// <summary>Names to addresses; the load speaks IPv4 only.</summary>
internal static class BrokerAddress
{
    internal static IPEndPoint Resolve(string host, int port) =>
        IPAddress.TryParse(host, out IPAddress? address)
            ? new IPEndPoint(address, port)
            : new IPEndPoint(Dns.GetHostAddresses(host, AddressFamily.InterNetwork)[0], port);

    /// <summary>A port of the loopback address that nobody uses now. Somebody may take it before it is used.</summary>
    internal static int FreePort()
    {
        using Socket socket = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        socket.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        return ((IPEndPoint)socket.LocalEndPoint!).Port;
    }

    /// <summary>Whether somebody listens on a port of the loopback address.</summary>
    internal static bool IsListening(int port)
    {
        using Socket socket = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        try
        {
            socket.Connect(IPAddress.Loopback, port);
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }
}
