namespace KLog.Protocol.Wire;

/// <summary>
/// The header of a request:
/// <code>
/// int16 api key | int16 api version | int32 correlation id | nullable string client id | [tagged fields]
/// </code>
/// Tagged fields follow in the flexible versions of the request; the client id stays an old string for ever (KIP-482).
/// </summary>
public readonly record struct RequestHeader(ApiKey ApiKey, short ApiVersion, int CorrelationId, string? ClientId)
{
    /// <summary>Reads the part that never changes, without the client id, which may be garbage in an unknown request.</summary>
    public static RequestHeader ReadFixed(ref WireReader reader) =>
        new((ApiKey)reader.ReadInt16(), reader.ReadInt16(), reader.ReadInt32(), null);
}
