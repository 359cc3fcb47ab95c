using System.Globalization;
using KLog.Protocol.Wire;

namespace KLog.Protocol.Tests.Definitions;

/// <summary>Kafka's notation of versions, read once more and apart from the generator.</summary>
internal static class Versions
{
    public static VersionRange Parse(string? text)
    {
        if (text is null or "none")
        {
            return VersionRange.None;
        }

        string[] ends = text.TrimEnd('+').Split('-');
        short min = short.Parse(ends[0], CultureInfo.InvariantCulture);
        return new VersionRange(min, text.EndsWith('+') ? short.MaxValue : short.Parse(ends[^1], CultureInfo.InvariantCulture));
    }

    public static bool Covers(VersionRange range, VersionRange inner) => range.Min <= inner.Min && range.Max >= inner.Max;

    public static VersionRange Common(VersionRange one, VersionRange other) =>
        new(Math.Max(one.Min, other.Min), Math.Min(one.Max, other.Max));

    public static IEnumerable<short> Each(VersionRange range)
    {
        for (short version = range.Min; version <= range.Max; version++)
        {
            yield return version;
        }
    }
}
