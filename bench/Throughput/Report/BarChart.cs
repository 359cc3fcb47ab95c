using KLog.Bench.Throughput.Statistics;

namespace KLog.Bench.Throughput.Report;

/// <summary>◆ One figure: a bar a broker, as long as the median, with a whisker from the least round to the greatest.</summary>
internal static class BarChart
{
    private const double Width = 460;
    private const double NameWidth = 92;
    private const double ValueWidth = 128;
    private const double RowHeight = 24;
    private const double BarHeight = 14;

    internal static string Render(FigureRow row, IReadOnlyList<string> brokers)
    {
        FigureCell[] cells = [.. row.Cells.Where(c => c.Summary is not null)];
        double max = cells.Max(c => c.Summary!.Value.Max);
        double scale = max > 0 ? (Width - NameWidth - ValueWidth) / max : 0;
        Svg svg = new(Width, (cells.Length * RowHeight) + 2, $"{row.Workload.Title}: {row.Figure.Title}");
        for (int i = 0; i < cells.Length; i++)
        {
            DrawRow(svg, row.Figure, cells[i], i * RowHeight, scale, SeriesClass(brokers, cells[i].Broker));
        }

        return svg.ToString();
    }

    /// <summary>A broker has one colour in all plots.</summary>
    internal static string SeriesClass(IReadOnlyList<string> brokers, string broker)
    {
        int index = brokers.ToList().IndexOf(broker);
        return $"s{index % 6}";
    }

    private static void DrawRow(Svg svg, Figure figure, FigureCell cell, double top, double scale, string series)
    {
        Summary summary = cell.Summary!.Value;
        double middle = top + (RowHeight / 2);
        string tip = $"{cell.Broker}: {Quantity.Describe(figure, summary.Median)} "
            + $"(rounds from {Quantity.Format(summary.Min)} to {Quantity.Format(summary.Max)})";
        svg.Text(NameWidth - 8, middle + 4, cell.Broker, "name", "end");
        svg.Bar(NameWidth, middle - (BarHeight / 2), summary.Median * scale, BarHeight, series, tip);
        double from = NameWidth + (summary.Min * scale);
        double to = NameWidth + (summary.Max * scale);
        svg.Line(from, middle, to, middle, "whisker");
        svg.Line(from, middle - 4, from, middle + 4, "whisker");
        svg.Line(to, middle - 4, to, middle + 4, "whisker");
        svg.Text(to + 8, middle + 4, Quantity.Format(summary.Median), "value");
        if (cell.Ratio is { } ratio)
        {
            svg.Text(Width, middle + 4, Quantity.Ratio(ratio), "ratio", "end");
        }
    }
}
