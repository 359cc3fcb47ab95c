namespace KLog.Protocol.Wire;

/// <summary>
/// The header of a request:
/// <code>
/// version 0   int16 api key | int16 api version | int32 correlation id
/// version 1   … | nullable string client id
/// version 2   … | nullable string client id | tagged fields
/// </code>
/// Version 2 belongs to a request's flexible versions, but the client id stays an old string for ever (KIP-482).
/// Version 0 belongs to version 0 of ControlledShutdown alone.
/// </summary>
public readonly record struct RequestHeader(ApiKey ApiKey, short ApiVersion, int CorrelationId, string? ClientId)
{
    /// <summary>
    /// The header's version for a version of a request. Versions beyond the known ones count as flexible: so an
    /// unknown version of ApiVersions can be read far enough to be answered (KIP-511).
    /// </summary>
    public static short VersionOf<TRequest>(short apiVersion)
        where TRequest : IMessage<TRequest>
    {
        if (TRequest.ApiKey == ApiKey.ControlledShutdown && apiVersion == 0)
        {
            return 0;
        }

        VersionRange flexible = TRequest.FlexibleVersions;
        return !flexible.IsEmpty && apiVersion >= flexible.Min ? (short)2 : (short)1;
    }

    /// <summary>Reads the part that never changes, without the client id, which may be garbage in an unknown request.</summary>
    public static RequestHeader ReadFixed(ref WireReader reader) =>
        new((ApiKey)reader.ReadInt16(), reader.ReadInt16(), reader.ReadInt32(), null);

    /// <summary>Reads what follows the part that this header was read from.</summary>
    public RequestHeader ReadRest(ref WireReader reader, short headerVersion)
    {
        if (headerVersion == 0)
        {
            return this;
        }

        string? clientId = reader.ReadNullableString(compact: false);
        if (headerVersion >= 2)
        {
            reader.SkipTaggedFields();
        }

        return this with { ClientId = clientId };
    }

    public static RequestHeader Read(ref WireReader reader, short headerVersion) =>
        ReadFixed(ref reader).ReadRest(ref reader, headerVersion);

    public void Write(WireWriter writer, short headerVersion)
    {
        writer.WriteInt16((short)ApiKey);
        writer.WriteInt16(ApiVersion);
        writer.WriteInt32(CorrelationId);
        if (headerVersion >= 1)
        {
            writer.WriteString(ClientId, compact: false);
        }

        if (headerVersion >= 2)
        {
            writer.WriteUnsignedVarint(0);
        }
    }
}
