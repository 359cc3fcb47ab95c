using System.Buffers.Binary;
using KLog.Protocol;
using KLog.Protocol.Wire;

namespace KLog.Clients.Connections;

/// <summary>
/// Frames on a stream, each way:
/// <code>
/// int32 size | request header or response header | body
/// </code>
/// One writer and one reader at a time.
/// </summary>
internal sealed class FrameStream(Stream stream, string clientId) : IAsyncDisposable
{
    /// <summary>A length beyond this is a lie, or the peer speaks another protocol.</summary>
    private const int FrameBytesMax = 256 << 20;

    public async Task WriteAsync<TRequest, TResponse>(
        IRequest<TRequest, TResponse> request, short version, int correlationId, CancellationToken cancellation)
        where TRequest : IRequest<TRequest, TResponse>
        where TResponse : IMessage<TResponse>
    {
        using WireWriter writer = new();
        writer.WriteInt32(0);
        new RequestHeader(TRequest.ApiKey, version, correlationId, clientId).Write(writer, RequestHeader.VersionOf<TRequest>(version));
        request.Write(writer, version);
        writer.PatchInt32(0, writer.Position - sizeof(int));
        await stream.WriteAsync(writer.Written, cancellation);
    }

    /// <summary>The next frame without its size. Its memory is the caller's for ever.</summary>
    /// <exception cref="EndOfStreamException">The peer closed the connection.</exception>
    public async Task<byte[]> ReadAsync(CancellationToken cancellation)
    {
        byte[] size = new byte[sizeof(int)];
        await stream.ReadExactlyAsync(size, cancellation);
        int length = BinaryPrimitives.ReadInt32BigEndian(size);
        if (length is < sizeof(int) or > FrameBytesMax)
        {
            throw new ProtocolViolationException($"a frame of {length} bytes was announced; is it a Kafka broker, and a listener without TLS?");
        }

        byte[] frame = new byte[length];
        await stream.ReadExactlyAsync(frame, cancellation);
        return frame;
    }

    /// <summary>The correlation id, which every response begins with.</summary>
    public static int CorrelationId(ReadOnlySpan<byte> frame) => BinaryPrimitives.ReadInt32BigEndian(frame);

    /// <exception cref="ProtocolViolationException">The frame is not that response, or longer than it.</exception>
    public static TResponse Decode<TResponse>(byte[] frame, short version)
        where TResponse : IMessage<TResponse>
    {
        WireReader reader = new(frame);
        ResponseHeader.Read(ref reader, ResponseHeader.VersionOf<TResponse>(version));
        TResponse response = TResponse.Read(ref reader, version);
        return reader.Remaining == 0
            ? response
            : throw new ProtocolViolationException($"{TResponse.ApiKey} version {version} is followed by {reader.Remaining} bytes too many");
    }

    public ValueTask DisposeAsync() => stream.DisposeAsync();
}
