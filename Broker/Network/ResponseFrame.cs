using KLog.Broker.Requests;
using KLog.Protocol;
using KLog.Protocol.Wire;

namespace KLog.Broker.Network;

/// <summary>
/// A response as it goes over the wire:
/// <code>
/// int32 length of the rest | int32 correlation id | [tagged fields] | body
/// </code>
/// Tagged fields are in the flexible versions, but never in an ApiVersions response (KIP-511).
/// </summary>
internal static class ResponseFrame
{
    public static void Write<TResponse>(WireWriter writer, in RequestContext context, TResponse response)
        where TResponse : class, IMessage<TResponse>
    {
        int start = writer.Position;
        long before = writer.Length;
        writer.WriteInt32(0);
        writer.WriteInt32(context.CorrelationId);
        if (context.ApiKey != ApiKey.ApiVersions && TResponse.FlexibleVersions.Contains(context.ApiVersion))
        {
            writer.WriteUnsignedVarint(0);
        }

        response.Write(writer, context.ApiVersion);
        writer.PatchInt32(start, checked((int)(writer.Length - before - sizeof(int))));
    }
}
