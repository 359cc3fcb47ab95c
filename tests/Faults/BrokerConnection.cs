using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;
using KLog.Protocol.Wire;

namespace KLog.Faults;

/// <summary>One connection: requests go out, answers come back in order. Not for several threads at once.</summary>
internal sealed class BrokerConnection : IDisposable
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(30);

    private readonly TcpClient _client = new() { NoDelay = true };
    private readonly WireWriter _writer = new();
    private int _correlationId;

    /// <exception cref="SocketException">Nobody listens there.</exception>
    internal BrokerConnection(int port) => _client.Connect(IPAddress.Loopback, port);

    /// <exception cref="IOException">The broker is gone.</exception>
    internal async Task<TResponse> CallAsync<TRequest, TResponse>(IRequest<TRequest, TResponse> request, short version)
        where TRequest : IRequest<TRequest, TResponse>
        where TResponse : IMessage<TResponse>
    {
        await SendAsync(request, version);
        return await ReceiveAsync<TResponse>(version);
    }

    /// <exception cref="IOException">The broker is gone.</exception>
    internal async Task SendAsync<TRequest, TResponse>(IRequest<TRequest, TResponse> request, short version)
        where TRequest : IRequest<TRequest, TResponse>
        where TResponse : IMessage<TResponse>
    {
        _writer.Reset();
        _writer.WriteInt32(0);
        new RequestHeader(TRequest.ApiKey, version, ++_correlationId, "faults").Write(_writer, RequestHeader.VersionOf<TRequest>(version));
        request.Write(_writer, version);
        _writer.PatchInt32(0, _writer.Position - 4);
        await _client.GetStream().WriteAsync(_writer.Written);
    }

    /// <exception cref="IOException">The broker is gone.</exception>
    internal async Task<TResponse> ReceiveAsync<TResponse>(short version)
        where TResponse : IMessage<TResponse>
    {
        using CancellationTokenSource limit = new(Limit);
        byte[] size = new byte[4];
        await _client.GetStream().ReadExactlyAsync(size, limit.Token);
        byte[] frame = new byte[BinaryPrimitives.ReadInt32BigEndian(size)];
        await _client.GetStream().ReadExactlyAsync(frame, limit.Token);
        return Decode<TResponse>(frame, version);
    }

    public void Dispose()
    {
        _client.Dispose();
        _writer.Dispose();
    }

    private static TResponse Decode<TResponse>(byte[] frame, short version)
        where TResponse : IMessage<TResponse>
    {
        WireReader reader = new(frame);
        ResponseHeader.Read(ref reader, ResponseHeader.VersionOf<TResponse>(version));
        return TResponse.Read(ref reader, version);
    }
}
