using System.Globalization;
using System.Text.Json;

namespace KLog.Coordination.Registries;

/// <summary>Where a broker listens, as clients shall dial it. The protocol is PLAINTEXT, SSL, SASL_PLAINTEXT or SASL_SSL.</summary>
public sealed record BrokerEndpoint(string Listener, string SecurityProtocol, string Host, int Port)
{
    /// <summary>LISTENER://host:port, an IPv6 address in brackets.</summary>
    public override string ToString() =>
        Host.Contains(':', StringComparison.Ordinal) ? $"{Listener}://[{Host}]:{Port}" : $"{Listener}://{Host}:{Port}";

    internal static BrokerEndpoint Parse(string text, Func<string, string> protocolOf)
    {
        int scheme = text.IndexOf("://", StringComparison.Ordinal);
        int colon = text.LastIndexOf(':');
        if (scheme < 0 || colon < scheme + 3)
        {
            throw new FormatException($"'{text}' is no endpoint");
        }

        string listener = text[..scheme];
        string host = text[(scheme + 3)..colon].Trim('[', ']');
        return new BrokerEndpoint(listener, protocolOf(listener), host, int.Parse(text.AsSpan(colon + 1), CultureInfo.InvariantCulture));
    }
}

/// <summary>
/// What a broker says about itself in /brokers/ids/(id), version 5. Versions 1 to 4 of older brokers are read too.
/// </summary>
public sealed record BrokerRegistration(int Id, IReadOnlyList<BrokerEndpoint> Endpoints, string? Rack, long TimestampMs)
{
    /// <summary>The zxid of the registration: it tells this life of the broker from earlier ones. −1 before it is registered.</summary>
    public long Epoch { get; init; } = -1;

    public int JmxPort { get; init; } = -1;

    internal ReadOnlyMemory<byte> ToJson() => NodeJson.Write(json =>
    {
        json.WriteStartObject("features");
        json.WriteEndObject();
        json.WriteStartObject("listener_security_protocol_map");
        foreach (BrokerEndpoint endpoint in Endpoints)
        {
            json.WriteString(endpoint.Listener, endpoint.SecurityProtocol);
        }

        json.WriteEndObject();
        json.WriteStartArray("endpoints");
        foreach (BrokerEndpoint endpoint in Endpoints)
        {
            json.WriteStringValue(endpoint.ToString());
        }

        json.WriteEndArray();
        if (Rack is not null)
        {
            json.WriteString("rack", Rack);
        }

        // Host and port are for readers of version 1, which know nothing but plain text.
        BrokerEndpoint? plain = Endpoints.FirstOrDefault(endpoint => endpoint.SecurityProtocol == "PLAINTEXT");
        json.WriteNumber("jmx_port", JmxPort);
        json.WriteNumber("port", plain?.Port ?? -1);
        json.WriteString("host", plain?.Host);
        json.WriteNumber("version", 5);
        json.WriteString("timestamp", TimestampMs.ToString(CultureInfo.InvariantCulture));
    });

    internal static BrokerRegistration FromJson(int id, string path, Node node) => NodeJson.Read(path, node.Data, json =>
    {
        JsonElement? map = json.Optional("listener_security_protocol_map");
        string ProtocolOf(string listener) => map?.GetProperty(listener).GetString()! ?? listener;
        BrokerEndpoint[] endpoints = json.Optional("endpoints") is { } listed
            ? [.. listed.EnumerateArray().Select(endpoint => BrokerEndpoint.Parse(endpoint.GetString()!, ProtocolOf))]
            : [new BrokerEndpoint("PLAINTEXT", "PLAINTEXT", json.GetProperty("host").GetString()!, json.GetProperty("port").GetInt32())];
        return new BrokerRegistration(id, endpoints, json.Optional("rack")?.GetString(), Timestamp(json))
        {
            Epoch = node.Stat.CreatedZxid,
            JmxPort = json.Optional("jmx_port")?.GetInt32() ?? -1,
        };
    });

    private static long Timestamp(JsonElement json) => json.Optional("timestamp") switch
    {
        null => -1,
        { ValueKind: JsonValueKind.Number } number => number.GetInt64(),
        { } text => long.Parse(text.GetString()!, CultureInfo.InvariantCulture),
    };
}
