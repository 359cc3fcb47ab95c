using KLog.Bench.Throughput.Statistics;

namespace KLog.Bench.Throughput.Report;

/// <summary>
/// ◆ Latency by percentile, a line a broker, all rounds together. The percentiles are spread so that each further nine
/// takes as much room as the one before; milliseconds are logarithmic.
/// </summary>
internal static class PercentileChart
{
    private const double Width = 520;
    private const double Height = 300;
    private const double Left = 56;
    private const double Right = 12;
    private const double Top = 12;
    private const double Bottom = 36;
    private const int Steps = 160;
    private const double NinesMax = 4;

    private static readonly (double Nines, string Label)[] Percentiles =
        [(0, "0"), (Nines(0.5), "50"), (1, "90"), (2, "99"), (3, "99.9"), (4, "99.99 %")];

    /// <param name="label">What the page's reader is told that it is.</param>
    /// <param name="lines">Histograms in nanoseconds by broker, none of them empty.</param>
    /// <param name="brokers">All brokers, for their colours.</param>
    internal static string Render(
        string label, IReadOnlyList<(string Broker, LatencyHistogram Histogram)> lines, IReadOnlyList<string> brokers)
    {
        double low = Math.Pow(10, Math.Floor(Math.Log10(Math.Max(1e3, lines.Min(l => l.Histogram.Percentile(0.01))))));
        double high = Math.Max(low * 10, lines.Max(l => l.Histogram.Max) * 1.1);
        Svg svg = new(Width, Height, label);
        DrawGrid(svg, low, high);
        foreach ((string broker, LatencyHistogram histogram) in lines)
        {
            string tip = $"{broker}: p50 {Quantity.Format(histogram.Percentile(0.5) / 1e6)} ms, "
                + $"p99 {Quantity.Format(histogram.Percentile(0.99) / 1e6)} ms, max {Quantity.Format(histogram.Max / 1e6)} ms";
            svg.Path(Points(histogram, low, high), $"line {BarChart.SeriesClass(brokers, broker)}l", tip);
        }

        return svg.ToString();
    }

    private static IEnumerable<(double X, double Y)> Points(LatencyHistogram histogram, double low, double high)
    {
        double last = Math.Min(NinesMax, Math.Log10(histogram.Count));
        for (int i = 0; i <= Steps; i++)
        {
            double nines = NinesMax * i / Steps;
            if (nines > last)
            {
                yield break;
            }

            yield return (X(nines), Y(histogram.Percentile(1 - Math.Pow(10, -nines)), low, high));
        }
    }

    private static void DrawGrid(Svg svg, double low, double high)
    {
        foreach ((double nines, string text) in Percentiles)
        {
            svg.Line(X(nines), Top, X(nines), Height - Bottom, "grid");
            svg.Text(X(nines), Height - Bottom + 18, text, "tick", nines >= NinesMax ? "end" : "middle");
        }

        int[] marks = high / low > 2000 ? [1] : [1, 2, 5];
        for (double decade = low; decade <= high; decade *= 10)
        {
            foreach (int mark in marks.Where(m => decade * m <= high))
            {
                double y = Y(decade * mark, low, high);
                svg.Line(Left, y, Width - Right, y, "grid");
                svg.Text(Left - 6, y + 4, Milliseconds(decade * mark), "tick", "end");
            }
        }
    }

    private static string Milliseconds(double nanoseconds) =>
        (nanoseconds / 1e6).ToString("0.####", System.Globalization.CultureInfo.InvariantCulture) + " ms";

    private static double Nines(double share) => -Math.Log10(1 - share);

    private static double X(double nines) => Left + ((Width - Left - Right) * nines / NinesMax);

    private static double Y(double nanoseconds, double low, double high)
    {
        double share = Math.Log(Math.Max(nanoseconds, low) / low) / Math.Log(high / low);
        return Height - Bottom - ((Height - Top - Bottom) * Math.Min(1, share));
    }
}
