using System.Collections.Concurrent;
using KLog.Coordination.ZooKeeper;

namespace KLog.Coordination.Tests.ZooKeeper;

/// <summary>TCP that a test can cut, and keep cut.</summary>
internal sealed class BreakableTransport : IZooKeeperTransport
{
    private readonly SocketTransport _inner = new(null);
    private readonly ConcurrentBag<Stream> _streams = [];
    private volatile bool _isBroken;

    public int Connections => _streams.Count;

    public async Task<Stream> ConnectAsync(ServerAddress server, CancellationToken cancellation)
    {
        if (_isBroken)
        {
            throw new IOException("the network is down");
        }

        Stream stream = await _inner.ConnectAsync(server, cancellation);
        _streams.Add(stream);
        return stream;
    }

    public void Cut()
    {
        foreach (Stream stream in _streams)
        {
            stream.Dispose();
        }
    }

    public void Break()
    {
        _isBroken = true;
        Cut();
    }

    public void Mend() => _isBroken = false;
}
