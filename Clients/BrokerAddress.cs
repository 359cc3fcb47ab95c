using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using KLog.Clients.Errors;

namespace KLog.Clients;

/// <summary>Where a broker listens. Prints as it is written in a list of servers: <c>host:port</c>, <c>[::1]:9092</c>.</summary>
public readonly record struct BrokerAddress(string Host, int Port)
{
    private const int PortMax = 65_535;

    /// <summary>Reads <c>host:port,host:port</c>; blanks around the commas do not count.</summary>
    /// <param name="property">What the user wrote the list into, for the message.</param>
    /// <exception cref="InvalidConfigurationException">The list is empty, or one of them is no address.</exception>
    public static IReadOnlyList<BrokerAddress> ParseList(string text, string property = "bootstrap.servers")
    {
        string[] parts = text.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
        return parts.Length == 0
            ? throw new InvalidConfigurationException(property, text, "must name at least one broker, as host:port")
            : Array.ConvertAll(parts, part => TryParse(part, out BrokerAddress? address)
                ? address.Value
                : throw new InvalidConfigurationException(property, part, "must be host:port"));
    }

    public static bool TryParse(string text, [NotNullWhen(true)] out BrokerAddress? address)
    {
        int colon = text.LastIndexOf(':');
        string host = colon < 0 ? "" : text[..colon];
        bool isBracketed = host.StartsWith('[') && host.EndsWith(']');
        host = isBracketed ? host[1..^1] : host;
        bool isPort = int.TryParse(text.AsSpan(colon + 1), NumberStyles.None, CultureInfo.InvariantCulture, out int port) && port is > 0 and <= PortMax;
        bool isHost = host.Length > 0 && !host.Any(char.IsWhiteSpace) && (isBracketed || !host.Contains(':'));
        address = isHost && isPort ? new BrokerAddress(host, port) : null;
        return address is not null;
    }

    public override string ToString() => Host.Contains(':') ? $"[{Host}]:{Port}" : $"{Host}:{Port}";
}
