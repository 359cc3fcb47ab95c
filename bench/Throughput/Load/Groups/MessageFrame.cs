using KLog.Protocol.Wire;

namespace KLog.Bench.Throughput.Load.Groups;

/// <summary>◆ Whole frames of messages that need not be made by hand: a few thousand a second.</summary>
internal static class MessageFrame
{
    private const string ClientId = "klog-bench";

    /// <summary>A request with its size and header in front.</summary>
    internal static byte[] Write<TRequest>(TRequest request, short version, int correlationId)
        where TRequest : IMessage<TRequest>
    {
        using WireWriter writer = new();
        writer.WriteInt32(0);
        new RequestHeader(TRequest.ApiKey, version, correlationId, ClientId)
            .Write(writer, RequestHeader.VersionOf<TRequest>(version));
        request.Write(writer, version);
        return RequestFrames.End(writer, 0);
    }

    /// <summary>A response, from its correlation id on: without its size.</summary>
    internal static TResponse Read<TResponse>(Memory<byte> frame, short version)
        where TResponse : IMessage<TResponse>
    {
        WireReader reader = new(frame);
        ResponseHeader.Read(ref reader, ResponseHeader.VersionOf<TResponse>(version));
        return TResponse.Read(ref reader, version);
    }

    /// <summary>Sends one request over a blocking connection, and takes its answer.</summary>
    internal static TResponse Call<TRequest, TResponse>(this ControlConnection control, TRequest request, short version)
        where TRequest : IRequest<TRequest, TResponse>
        where TResponse : IMessage<TResponse> =>
        Read<TResponse>(control.Exchange(Write(request, version, correlationId: 1)), version);
}
