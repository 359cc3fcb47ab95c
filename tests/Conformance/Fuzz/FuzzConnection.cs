using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;

namespace KLog.Conformance.Fuzz;

/// <summary>
/// Sends frames one by one, each followed by a request that any broker answers, so that it is known when the broker
/// is done with a frame: it answered the second request, or it closed the connection.
/// </summary>
internal sealed class FuzzConnection(int port) : IDisposable
{
    private static readonly byte[] Probe = [0, 0, 0, 10, 0, 18, 0, 0, 0x5e, 0xed, 0xf0, 0x0d, 0xff, 0xff];
    private static readonly TimeSpan Patience = TimeSpan.FromMilliseconds(500);

    private readonly byte[] _buffer = new byte[1 << 20];
    private TcpClient? _client;

    /// <summary>Connections that were opened.</summary>
    public int Connections { get; private set; }

    /// <summary>Frames that were answered, closed the connection, or did neither in time (they may ask for a wait).</summary>
    public (int Answered, int Closed, int Waited) Counts { get; private set; }

    /// <param name="frame">Without its length.</param>
    /// <param name="length">The length to claim.</param>
    public async Task SendAsync(byte[] frame, int length)
    {
        byte[] bytes = new byte[4 + frame.Length + Probe.Length];
        BinaryPrimitives.WriteInt32BigEndian(bytes, length);
        frame.CopyTo(bytes, 4);
        Probe.CopyTo(bytes, 4 + frame.Length);
        try
        {
            NetworkStream stream = await ConnectedAsync();
            await stream.WriteAsync(bytes);
            if (length != frame.Length)
            {
                // Whatever the broker still waits for will not come.
                _client!.Client.Shutdown(SocketShutdown.Send);
            }

            Counts = await IsProbeAnsweredAsync(stream)
                ? Counts with { Answered = Counts.Answered + 1 }
                : CloseAs(Counts with { Closed = Counts.Closed + 1 });
        }
        catch (Exception e) when (e is IOException or SocketException)
        {
            Counts = CloseAs(Counts with { Closed = Counts.Closed + 1 });
        }
        catch (OperationCanceledException)
        {
            Counts = CloseAs(Counts with { Waited = Counts.Waited + 1 });
        }
    }

    public void Dispose() => _client?.Dispose();

    private async Task<NetworkStream> ConnectedAsync()
    {
        if (_client is null)
        {
            _client = new TcpClient { NoDelay = true, LingerState = new LingerOption(true, 0) };
            await _client.ConnectAsync(IPAddress.Loopback, port);
            Connections++;
        }

        return _client.GetStream();
    }

    /// <summary>Reads answers until the probe's; false when the connection ends first.</summary>
    private async Task<bool> IsProbeAnsweredAsync(NetworkStream stream)
    {
        using CancellationTokenSource limit = new(Patience);
        int filled = 0;
        while (true)
        {
            int read = await stream.ReadAsync(_buffer.AsMemory(filled), limit.Token);
            if (read == 0)
            {
                return false;
            }

            filled += read;
            int at = 0;
            while (filled - at >= 8)
            {
                int size = BinaryPrimitives.ReadInt32BigEndian(_buffer.AsSpan(at));
                bool isProbe = _buffer.AsSpan(at + 4, 4).SequenceEqual(Probe.AsSpan(8, 4));
                if (filled - at < 4 + size)
                {
                    break;
                }

                at += 4 + size;
                if (isProbe)
                {
                    return true;
                }
            }

            _buffer.AsSpan(at, filled - at).CopyTo(_buffer);
            filled -= at;
            if (filled == _buffer.Length)
            {
                return false; // An answer larger than any that is asked for here.
            }
        }
    }

    private (int Answered, int Closed, int Waited) CloseAs((int Answered, int Closed, int Waited) counts)
    {
        _client?.Dispose();
        _client = null;
        return counts;
    }
}
