using System.Globalization;

namespace KLog.Broker.Configuration;

/// <summary>The text of <c>max.connections.per.ip.overrides</c>: <c>host:count,host:count</c>; an IPv6 address may hold colons.</summary>
public static class ConnectionOverrides
{
    public static bool TryParse(string text, out Dictionary<string, int> limits)
    {
        limits = new(StringComparer.Ordinal);
        foreach (string pair in ConfigDefinition.SplitList(text))
        {
            int colon = pair.LastIndexOf(':');
            if (colon <= 0 || !int.TryParse(pair.AsSpan(colon + 1), NumberStyles.None, CultureInfo.InvariantCulture, out int count))
            {
                return false;
            }

            limits[pair[..colon].Trim('[', ']', ' ')] = count;
        }

        return true;
    }
}
