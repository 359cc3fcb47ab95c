using System.Globalization;

namespace KLog.Broker.Configuration;

/// <summary>One entry of <c>listeners</c> or <c>advertised.listeners</c>: <c>NAME://host:port</c>; an empty host is every address.</summary>
public sealed record ListenerAddress(string Name, string Host, int Port)
{
    public bool IsWildcard => Host.Length == 0 || Host is "0.0.0.0" or "::";

    /// <returns>null when the text is not of the form, or the port not a port.</returns>
    public static ListenerAddress? TryParse(string text)
    {
        int scheme = text.IndexOf("://", StringComparison.Ordinal);
        int colon = text.LastIndexOf(':');
        if (scheme <= 0 || colon < scheme + 3
            || !ushort.TryParse(text.AsSpan(colon + 1), NumberStyles.None, CultureInfo.InvariantCulture, out ushort port))
        {
            return null;
        }

        string host = text[(scheme + 3)..colon];
        bool bracketed = host.StartsWith('[') && host.EndsWith(']');
        if (!bracketed && host.Contains(':'))
        {
            return null;
        }

        return new(text[..scheme].ToUpperInvariant(), bracketed ? host[1..^1] : host, port);
    }

    public override string ToString() => Host.Contains(':') ? $"{Name}://[{Host}]:{Port}" : $"{Name}://{Host}:{Port}";
}
