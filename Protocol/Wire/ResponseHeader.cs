namespace KLog.Protocol.Wire;

/// <summary>
/// The header of a response:
/// <code>
/// version 0   int32 correlation id
/// version 1   int32 correlation id | tagged fields
/// </code>
/// Version 1 belongs to flexible versions, except those of ApiVersions: its client may not know yet what the broker
/// speaks, and must be able to read the answer (KIP-511).
/// </summary>
public readonly record struct ResponseHeader(int CorrelationId)
{
    /// <summary>The header's version for a version of a response.</summary>
    public static short VersionOf<TResponse>(short apiVersion)
        where TResponse : IMessage<TResponse> =>
        TResponse.ApiKey != ApiKey.ApiVersions && TResponse.FlexibleVersions.Contains(apiVersion) ? (short)1 : (short)0;

    public static ResponseHeader Read(ref WireReader reader, short headerVersion)
    {
        var header = new ResponseHeader(reader.ReadInt32());
        if (headerVersion >= 1)
        {
            reader.SkipTaggedFields();
        }

        return header;
    }

    public void Write(WireWriter writer, short headerVersion)
    {
        writer.WriteInt32(CorrelationId);
        if (headerVersion >= 1)
        {
            writer.WriteUnsignedVarint(0);
        }
    }
}
