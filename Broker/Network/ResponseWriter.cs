using System.Net.Sockets;
using KLog.Broker.Storage;
using KLog.Protocol.Wire;

namespace KLog.Broker.Network;

/// <summary>
/// Sends buffers with file regions in between: bytes by send(2), regions by sendfile(2), so that records go from the
/// page cache to the socket without passing through this process. One send at a time.
/// </summary>
public sealed class ResponseWriter(Socket socket) : IDisposable
{
    private const int InlineBytesMax = 64 << 10;

    private readonly SendOperation _operation = new();

    /// <exception cref="IOException">
    /// A file was shorter than the response's header promised; the connection is of no use any more.
    /// </exception>
    public async ValueTask SendAsync(WireWriter batch)
    {
        if (batch.Splices.Count == 0)
        {
            await SendBytesAsync(batch.Written);
            return;
        }

        if (batch.Length > InlineBytesMax)
        {
            // It takes its time: not on the thread that polls the sockets.
            await Task.Yield();
        }

        var elements = new List<SendPacketsElement>(batch.Splices.Count * 2 + 1);
        int at = 0;
        foreach ((int position, IRecordSource source) in batch.Splices)
        {
            if (position > at)
            {
                elements.Add(new SendPacketsElement(batch.Written[at..position]));
                at = position;
            }

            var region = (FileRegion)source;
            if (region.Length > 0)
            {
                await region.LoadAsync();
                elements.Add(new SendPacketsElement(region.Stream, region.Position, region.Length));
            }
        }

        if (at < batch.Position)
        {
            elements.Add(new SendPacketsElement(batch.Written[at..]));
        }

        long sent = await _operation.SendAsync(socket, elements);
        if (sent != batch.Length)
        {
            throw new IOException($"a segment ended early: {sent} bytes of {batch.Length} were sent");
        }
    }

    /// <summary>Gives back the file regions of a batch that has been sent, or never will be.</summary>
    public static void Release(WireWriter batch)
    {
        foreach ((_, IRecordSource source) in batch.Splices)
        {
            (source as IDisposable)?.Dispose();
        }
    }

    public void Dispose() => _operation.Dispose();

    private async ValueTask SendBytesAsync(ReadOnlyMemory<byte> bytes)
    {
        while (bytes.Length > 0)
        {
            bytes = bytes[await socket.SendAsync(bytes)..];
        }
    }
}
