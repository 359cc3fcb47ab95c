using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;
using KLog.Protocol;
using KLog.Protocol.Wire;

namespace KLog.Conformance.Wire;

/// <summary>
/// One connection that speaks the protocol and nothing else: no retries, no metadata, no buffering, so that a test
/// says exactly what goes over the wire. Not for several threads at once.
/// </summary>
internal sealed class WireClient : IDisposable
{
    public static readonly TimeSpan AnswerLimit = TimeSpan.FromSeconds(20);

    private readonly TcpClient _client = new() { NoDelay = true };
    private readonly WireWriter _writer = new();
    private int _lastCorrelationId;

    public WireClient(int port) => _client.Connect(IPAddress.Loopback, port);

    public NetworkStream Stream => _client.GetStream();

    public async Task<TResponse> SendAsync<TRequest, TResponse>(IRequest<TRequest, TResponse> request, short version)
        where TRequest : IRequest<TRequest, TResponse>
        where TResponse : IMessage<TResponse>
    {
        int correlationId = await WriteAsync(request, version);
        return await ReadAsync<TResponse>(version, correlationId);
    }

    /// <summary>Sends without waiting; returns the correlation id.</summary>
    public async Task<int> WriteAsync<TRequest, TResponse>(IRequest<TRequest, TResponse> request, short version)
        where TRequest : IRequest<TRequest, TResponse>
        where TResponse : IMessage<TResponse>
    {
        int correlationId = ++_lastCorrelationId;
        await Stream.WriteAsync(Frame(request, version, correlationId));
        return correlationId;
    }

    /// <summary>The bytes of a request, its length in front. Valid until the next request.</summary>
    public ReadOnlyMemory<byte> Frame<TRequest, TResponse>(IRequest<TRequest, TResponse> request, short version, int correlationId)
        where TRequest : IRequest<TRequest, TResponse>
        where TResponse : IMessage<TResponse>
    {
        _writer.Reset();
        _writer.WriteInt32(0);
        new RequestHeader(TRequest.ApiKey, version, correlationId, "conformance")
            .Write(_writer, RequestHeader.VersionOf<TRequest>(version));
        request.Write(_writer, version);
        _writer.PatchInt32(0, _writer.Position - 4);
        return _writer.Written;
    }

    /// <summary>Reads the next answer, which must be the one to that request and hold no byte too many.</summary>
    public async Task<TResponse> ReadAsync<TResponse>(short version, int correlationId)
        where TResponse : IMessage<TResponse>
    {
        byte[] frame = await ReadFrameAsync()
            ?? throw new EndOfStreamException($"the broker closed the connection instead of answering {TResponse.ApiKey} v{version}");
        return Decode<TResponse>(frame, version, correlationId);
    }

    /// <summary>The next answer without its length; null when the broker closed the connection.</summary>
    public async Task<byte[]?> ReadFrameAsync(TimeSpan? limit = null)
    {
        using CancellationTokenSource time = new(limit ?? AnswerLimit);
        byte[] size = new byte[4];
        try
        {
            await Stream.ReadExactlyAsync(size, time.Token);
            byte[] frame = new byte[BinaryPrimitives.ReadInt32BigEndian(size)];
            await Stream.ReadExactlyAsync(frame, time.Token);
            return frame;
        }
        catch (EndOfStreamException)
        {
            return null;
        }
        catch (IOException e) when (e.InnerException is SocketException)
        {
            return null;
        }
    }

    /// <summary>Sends these bytes; the broker must close the connection without a further answer.</summary>
    public async Task IsClosedAfterAsync(ReadOnlyMemory<byte> bytes)
    {
        await Stream.WriteAsync(bytes);
        byte[]? answer = await ReadFrameAsync();
        Assert.True(answer is null, $"the connection should have been closed, but there came {answer?.Length} bytes");
    }

    public void Dispose()
    {
        _client.Dispose();
        _writer.Dispose();
    }

    public static TResponse Decode<TResponse>(byte[] frame, short version, int correlationId)
        where TResponse : IMessage<TResponse>
    {
        WireReader reader = new(frame);
        ResponseHeader header = ResponseHeader.Read(ref reader, ResponseHeader.VersionOf<TResponse>(version));
        Assert.Equal(correlationId, header.CorrelationId);
        TResponse response = TResponse.Read(ref reader, version);
        Assert.Equal(0, reader.Remaining);
        return response;
    }
}
