using System.Globalization;
using KLog.Bench.Throughput.Statistics;

namespace KLog.Bench.Throughput.Report;

/// <summary>◆ Numbers for people: three digits that count, and k or M where they are large.</summary>
internal static class Quantity
{
    internal static string Format(double value) => Math.Abs(value) switch
    {
        >= 999_500 => Digits(value / 1e6) + " M",
        >= 9_995 => Digits(value / 1e3) + " k",
        _ => Digits(value),
    };

    internal static string Describe(Figure figure, double value) =>
        figure.Unit == "×" ? Ratio(value) : $"{Format(value)}{(figure.Unit == "/s" ? "" : " ")}{figure.Unit}";

    internal static string Ratio(double ratio) =>
        ratio.ToString(ratio >= 9.95 ? "0.0" : "0.00", CultureInfo.InvariantCulture) + " ×";

    private static string Digits(double value) => value.ToString(
        Math.Abs(value) switch
        {
            >= 99.95 => "0",
            >= 9.995 => "0.0",
            _ => "0.00",
        },
        CultureInfo.InvariantCulture);
}
