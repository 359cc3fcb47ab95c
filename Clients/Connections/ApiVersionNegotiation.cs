using System.Reflection;
using KLog.Clients.Errors;
using KLog.Protocol;
using KLog.Protocol.Messages;
using KLog.Protocol.Wire;

namespace KLog.Clients.Connections;

/// <summary>
/// The first exchange on a connection. A broker that does not know the version asked in answers UNSUPPORTED_VERSION in
/// version 0, mostly with its own range in it, and is asked again in one that it knows (KIP-511).
/// </summary>
internal static class ApiVersionNegotiation
{
    private static readonly string SoftwareVersion =
        typeof(ApiVersionNegotiation).Assembly.GetCustomAttribute<AssemblyFileVersionAttribute>()?.Version ?? "0";

    public static async Task<ApiVersionTable> RunAsync(FrameStream frames, BrokerAddress broker, CancellationToken cancellation)
    {
        short version = ApiVersionsRequest.Versions.Max;
        ApiVersionsResponse response = await AskAsync(frames, version, cancellation);
        if (response.ErrorCode == ErrorCode.UnsupportedVersion && version > 0)
        {
            ApiVersionTable known = new(broker, response.ApiKeys);
            known.TryChoose<ApiVersionsRequest>(out version, max: (short)(version - 1));
            response = await AskAsync(frames, Math.Max(version, (short)0), cancellation);
        }

        return response.ErrorCode == ErrorCode.None
            ? new ApiVersionTable(broker, response.ApiKeys)
            : throw new BrokerException(broker, ApiKey.ApiVersions, response.ErrorCode);
    }

    private static async Task<ApiVersionsResponse> AskAsync(FrameStream frames, short version, CancellationToken cancellation)
    {
        ApiVersionsRequest request = new() { ClientSoftwareName = "klog", ClientSoftwareVersion = SoftwareVersion };
        await frames.WriteAsync(request, version, correlationId: version, cancellation);
        byte[] frame = await frames.ReadAsync(cancellation);
        return FrameStream.CorrelationId(frame) == version
            ? FrameStream.Decode<ApiVersionsResponse>(frame, IsRefusal(frame) ? (short)0 : version)
            : throw new ProtocolViolationException("the first response is to a request that was not sent");
    }

    /// <summary>The error code stands right behind the correlation id, in every version.</summary>
    private static bool IsRefusal(byte[] frame)
    {
        WireReader reader = new(frame);
        reader.Skip(sizeof(int));
        return reader.ReadInt16() == (short)ErrorCode.UnsupportedVersion;
    }
}
