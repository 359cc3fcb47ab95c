using System.Net.Sockets;

namespace KLog.Clients.Connections;

/// <summary>How bytes get to a broker and back. TLS is another one of these, around this stream.</summary>
public interface ITransport
{
    /// <summary>Connects; the caller owns the stream.</summary>
    /// <exception cref="SocketException">There is no way to that address.</exception>
    ValueTask<Stream> ConnectAsync(BrokerAddress address, CancellationToken cancellation);
}

/// <summary>TCP without encryption.</summary>
public sealed class PlaintextTransport : ITransport
{
    public static readonly PlaintextTransport Instance = new();

    private PlaintextTransport()
    {
    }

    public async ValueTask<Stream> ConnectAsync(BrokerAddress address, CancellationToken cancellation)
    {
        Socket socket = new(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            await socket.ConnectAsync(address.Host, address.Port, cancellation);
            return new NetworkStream(socket, ownsSocket: true);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }
}
