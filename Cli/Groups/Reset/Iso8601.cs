using System.Globalization;
using System.Text.RegularExpressions;

namespace KLog.Cli.Groups.Reset;

/// <summary>Times and durations as Kafka's tools take them ◆.</summary>
internal static partial class Iso8601
{
    private static readonly string[] Times =
    [
        "yyyy-MM-dd'T'HH:mm:ss.fffK", "yyyy-MM-dd'T'HH:mm:ssK", "yyyy-MM-dd'T'HH:mmK",
        "yyyy-MM-dd'T'HH:mm:ss.fffzz", "yyyy-MM-dd'T'HH:mm:sszz", "yyyy-MM-dd'T'HH:mmzz",
    ];

    /// <summary><c>2026-11-24T18:30:00.000</c>; also with Z, +01:00 or +01 behind it, otherwise UTC; also without ms or seconds.</summary>
    public static bool TryParseTime(string text, out DateTimeOffset time) => DateTimeOffset.TryParseExact(
        Compact().Replace(text, "$1$2:$3"), Times, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out time);

    /// <summary>
    /// <c>PnDTnHnMn.nS</c>, as Java's Duration: days have 24 hours; a sign before the whole or before a part turns it round;
    /// case does not count.
    /// </summary>
    public static bool TryParseDuration(string text, out TimeSpan duration)
    {
        duration = default;
        Match match = Duration().Match(text);
        if (!match.Success)
        {
            return false;
        }

        try
        {
            decimal seconds = (Part(match, "days") * 86_400) + (Part(match, "hours") * 3_600) + (Part(match, "minutes") * 60) + Part(match, "seconds");
            duration = TimeSpan.FromTicks((long)(seconds * TimeSpan.TicksPerSecond)) * (match.Groups["sign"].Value == "-" ? -1 : 1);
            return true;
        }
        catch (OverflowException)
        {
            return false;
        }
    }

    private static decimal Part(Match match, string name) =>
        match.Groups[name].Success ? decimal.Parse(match.Groups[name].Value.Replace(',', '.'), NumberStyles.Float, CultureInfo.InvariantCulture) : 0;

    /// <summary>An offset without its colon, +0100.</summary>
    [GeneratedRegex(@"^(.*T.*)([+-]\d\d)(\d\d)$", RegexOptions.CultureInvariant)]
    private static partial Regex Compact();

    [GeneratedRegex(
        @"^(?<sign>[+-]?)P(?=[^T]|T.)(?:(?<days>[+-]?\d+)D)?(?:T(?=.)(?:(?<hours>[+-]?\d+)H)?(?:(?<minutes>[+-]?\d+)M)?(?:(?<seconds>[+-]?\d+(?:[.,]\d{0,9})?)S)?)?$",
        RegexOptions.IgnoreCase | RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture)]
    private static partial Regex Duration();
}
