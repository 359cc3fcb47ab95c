using System.Globalization;
using KLog.Cli.Groups.Reset;

namespace KLog.Cli.Tests.Groups;

/// <summary>What --to-datetime and --by-duration take.</summary>
public sealed class Iso8601Tests
{
    [Theory]
    [InlineData("2026-11-24T18:30:05.123", "2026-11-24 18:30:05.123")]
    [InlineData("2026-11-24T18:30:05.123Z", "2026-11-24 18:30:05.123")]
    [InlineData("2026-11-24T18:30:05.123+01:00", "2026-11-24 17:30:05.123")]
    [InlineData("2026-11-24T18:30:05.123+0130", "2026-11-24 17:00:05.123")]
    [InlineData("2026-11-24T18:30:05.123-02", "2026-11-24 20:30:05.123")]
    [InlineData("2026-11-24T18:30:05", "2026-11-24 18:30:05.000")]
    [InlineData("2026-11-24T18:30-02", "2026-11-24 20:30:00.000")]
    [InlineData("2024-02-29T00:00:00.000", "2024-02-29 00:00:00.000")]
    public void A_time_is_read(string text, string expected)
    {
        Assert.True(Iso8601.TryParseTime(text, out DateTimeOffset time));
        Assert.Equal(expected, time.UtcDateTime.ToString("yyyy-MM-dd HH:mm:ss.fff", CultureInfo.InvariantCulture));
    }

    [Theory]
    [InlineData("")]
    [InlineData("2026-11-24")]
    [InlineData("2026-11-24 18:30:05.123")]
    [InlineData("2026-13-24T18:30:05.123")]
    [InlineData("2023-02-29T00:00:00.000")]
    [InlineData("2026-11-24T25:30:05.123")]
    [InlineData("2026-11-24T18:30:05.12")]
    [InlineData("2026-11-24T18:30:05.123 CET")]
    [InlineData("yesterday")]
    public void What_is_no_time_is_refused(string text) => Assert.False(Iso8601.TryParseTime(text, out _));

    [Theory]
    [InlineData("P1D", 86_400)]
    [InlineData("PT2H30M", 9_000)]
    [InlineData("P2DT3H4M5S", 183_845)]
    [InlineData("pt1m", 60)]
    [InlineData("PT0.125S", 0.125)]
    [InlineData("PT1,5S", 1.5)]
    [InlineData("-PT1H", -3_600)]
    [InlineData("PT-6H3M", -21_420)]
    [InlineData("-PT-6H+3M", 21_420)]
    [InlineData("PT0S", 0)]
    public void A_duration_is_read_as_java_reads_it(string text, double seconds)
    {
        Assert.True(Iso8601.TryParseDuration(text, out TimeSpan duration));
        Assert.Equal(TimeSpan.FromSeconds(seconds), duration);
    }

    [Theory]
    [InlineData("")]
    [InlineData("P")]
    [InlineData("PT")]
    [InlineData("P1DT")]
    [InlineData("1D")]
    [InlineData("P1H")]
    [InlineData("P1Y")]
    [InlineData("P1W")]
    [InlineData("PT1S2M")]
    [InlineData("PT1.5H")]
    [InlineData("P99999999999999999999D")]
    [InlineData("P999999999999D")]
    public void What_is_no_duration_is_refused(string text) => Assert.False(Iso8601.TryParseDuration(text, out _));
}
