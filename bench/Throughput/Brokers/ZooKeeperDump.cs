using System.Net;
using System.Net.Sockets;
using System.Text;

namespace KLog.Bench.Throughput.Brokers;

/// <summary>ZooKeeper's list of sessions and their ephemeral nodes, by its four-letter command (which its configuration must allow).</summary>
internal static class ZooKeeperDump
{
    internal const string Command = "dump";

    internal static string Read(int port)
    {
        using TcpClient client = new();
        client.Connect(IPAddress.Loopback, port);
        using NetworkStream stream = client.GetStream();
        stream.Write(Encoding.ASCII.GetBytes(Command));
        using StreamReader reader = new(stream, Encoding.UTF8);
        return reader.ReadToEnd();
    }
}
