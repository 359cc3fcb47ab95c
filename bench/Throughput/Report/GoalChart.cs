using KLog.Bench.Throughput.Statistics;

namespace KLog.Bench.Throughput.Report;

/// <summary>
/// ◆ All goals that are ratios, in one look: on a logarithmic axis whose middle is the baseline, the side that the goal
/// allows is shaded, and a dot shows where the broker stands.
/// </summary>
internal static class GoalChart
{
    private const double Width = 1000;
    private const double Left = 430;
    private const double Right = 90;
    private const double RowHeight = 26;
    private const double AxisHeight = 30;
    private const double Widest = 40;
    private static readonly double[] Ticks = [1 / 20.0, 1 / 5.0, 1 / 2.0, 1, 2, 5, 20];

    /// <summary>Null when no such goal was judged.</summary>
    internal static string? Render(BenchReport report)
    {
        (FigureRow Row, double Ratio)[] judged = [.. report.Rows
            .Where(r => r.Verdict != Verdict.None && r.Goal!.Kind is GoalKind.RatioAtLeast or GoalKind.RatioAtMost)
            .Select(r => (r, r.Cells.First(c => c.Broker == report.Subject).Ratio!.Value))];
        if (judged.Length == 0)
        {
            return null;
        }

        double bottom = (judged.Length * RowHeight) + 4;
        Svg svg = new(Width, bottom + AxisHeight, $"{report.Subject} against {report.Baseline}, all goals");
        for (int i = 0; i < judged.Length; i++)
        {
            DrawRow(svg, judged[i].Row, judged[i].Ratio, (i * RowHeight) + 4);
        }

        foreach (double tick in Ticks)
        {
            svg.Line(X(tick), 0, X(tick), bottom, tick == 1 ? "axis" : "grid");
            svg.Text(X(tick), bottom + 18, Quantity.Ratio(tick), "tick", "middle");
        }

        return svg.ToString();
    }

    private static void DrawRow(Svg svg, FigureRow row, double ratio, double top)
    {
        double middle = top + (RowHeight / 2);
        bool isFloor = row.Goal!.Kind == GoalKind.RatioAtLeast;
        double bound = X(row.Goal.Bound);
        double edge = X(isFloor ? Widest : 1 / Widest);
        string verdict = row.Verdict == Verdict.Missed ? "missed" : "met";
        string what = $"{row.Workload.Name}: {row.Figure.Label}";
        svg.Text(Left - 180, middle + 4, what, "name", "end");
        svg.Text(Left - 14, middle + 4, $"goal {row.Goal}", "tick", "end");
        svg.Bar(Math.Min(bound, edge), top + 3, Math.Abs(edge - bound), RowHeight - 6, "allowed", $"goal {row.Goal}");
        svg.Line(bound, top + 3, bound, top + RowHeight - 3, "bound");
        svg.Dot(X(ratio), middle, 5.5, verdict, $"{what}: {Quantity.Ratio(ratio)}, {ConsoleTable.Describe(row.Verdict)}");
        svg.Text(Width, middle + 4, Quantity.Ratio(ratio) + (row.Verdict == Verdict.Missed ? " ✗" : " ✓"), $"ratio {verdict}text", "end");
    }

    private static double X(double ratio)
    {
        double share = Math.Log(Math.Clamp(ratio, 1 / Widest, Widest)) / Math.Log(Widest);
        return Left + ((Width - Left - Right) * (share + 1) / 2);
    }
}
