using System.Globalization;
using System.Text;
using KLog.Bench.Throughput.Statistics;
using KLog.Bench.Throughput.Workloads;

namespace KLog.Bench.Throughput.Report;

/// <summary>◆ The report as one page that needs nothing else: what was measured, the goals, a card a workload, all figures.</summary>
internal static class HtmlPage
{
    internal static string Render(BenchReport report)
    {
        StringBuilder page = new();
        page.Append("<!doctype html><html lang=\"en\"><head><meta charset=\"utf-8\">"
            + "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">");
        page.Append(CultureInfo.InvariantCulture, $"<title>{Text(report.Title)}</title><style>{PageStyle.Css}</style></head><body><main>");
        AppendHead(page, report);
        AppendFailures(page, report);
        if (GoalChart.Render(report) is { } goals)
        {
            page.Append(CultureInfo.InvariantCulture, $"<h2>Goals: {Text(report.Subject!)} to {Text(report.Baseline!)}</h2>");
            page.Append(CultureInfo.InvariantCulture, $"<div class=\"card scroll\">{goals}</div>");
        }

        page.Append("<h2>Workloads</h2><p class=\"soft\">Bars are medians, whiskers reach from the least round to the greatest");
        page.Append(report.Baseline is { } baseline ? $"; × is the ratio to {Text(baseline)}.</p>" : ".</p>");
        AppendLatency(page, report);
        page.Append("<div class=\"cards\">");
        foreach (WorkloadResult result in report.Results)
        {
            AppendCard(page, report, result);
        }

        page.Append("</div><h2>All figures</h2><div class=\"card scroll\">");
        HtmlTable.Append(page, report);
        page.Append("</div></main></body></html>");
        return page.ToString();
    }

    private static string Text(string text) => Svg.Escape(text);

    private static void AppendHead(StringBuilder page, BenchReport report)
    {
        (int met, int judged) = report.Goals;
        page.Append(CultureInfo.InvariantCulture, $"<h1>{Text(report.Title)}</h1><p class=\"soft\">Broker throughput and latency, one broker under load at a time, {report.At:yyyy-MM-dd HH:mm} UTC, {report.Took:h\\:mm\\:ss}");
        page.Append(judged > 0 ? $"; {met} of {judged} goals met by {Text(report.Subject!)}</p>" : "</p>");
        page.Append("<ul class=\"legend\">");
        foreach (string broker in report.Brokers)
        {
            page.Append(CultureInfo.InvariantCulture, $"<li><i class=\"{BarChart.SeriesClass(report.Brokers, broker)}\"></i>{Text(broker)}</li>");
        }

        page.Append("</ul><dl>");
        foreach ((string name, string value) in report.Machine)
        {
            page.Append(CultureInfo.InvariantCulture, $"<dt>{Text(name)}</dt><dd>{Text(value)}</dd>");
        }

        page.Append("</dl>");
    }

    private static void AppendFailures(StringBuilder page, BenchReport report)
    {
        foreach (WorkloadResult result in report.Results)
        {
            foreach (BrokerResult broker in result.Brokers.Where(b => b.Failure is not null))
            {
                page.Append(CultureInfo.InvariantCulture, $"<p class=\"failure\">{Text($"{result.Name} on {broker.Broker} failed: {broker.Failure}")}</p>");
            }
        }
    }

    private static void AppendLatency(StringBuilder page, BenchReport report)
    {
        (string Name, string Title)[] plots =
        [
            (LatencyWorkload.AcknowledgedHistogram, "From when a record was due to its acknowledgement"),
            (LatencyWorkload.EndToEndHistogram, "From when a record was due to its arrival at a consumer"),
        ];
        foreach (WorkloadResult result in report.Results.Where(r => r.Brokers.Any(b => b.Merge(plots[0].Name) is not null)))
        {
            page.Append("<div class=\"cards\" style=\"margin-bottom:16px\">");
            foreach ((string name, string title) in plots)
            {
                (string, LatencyHistogram)[] lines = [.. result.Brokers
                    .Where(b => b.Merge(name) is not null).Select(b => (b.Broker, b.Merge(name)!))];
                page.Append(CultureInfo.InvariantCulture, $"<div class=\"card\"><h3>{Text(title)}</h3>");
                page.Append(CultureInfo.InvariantCulture, $"<p class=\"figure\">{Text(result.Title)}, all rounds, by percentile</p>");
                page.Append(CultureInfo.InvariantCulture, $"{PercentileChart.Render(title, lines, report.Brokers)}</div>");
            }

            page.Append("</div>");
        }
    }

    /// <summary>The main figure, those with a goal, and the processor time.</summary>
    private static void AppendCard(StringBuilder page, BenchReport report, WorkloadResult result)
    {
        FigureRow[] rows = [.. report.Rows.Where(r => r.Workload.Name == result.Name)
            .Where(r => r.Figure == result.Main || r.Goal is not null || (r.Figure == Figure.CpuPerGib && result.Main != Figure.Requests))
            .Where(r => r.Cells.Any(c => c.Summary is not null))];
        if (rows.Length == 0)
        {
            return;
        }

        page.Append(CultureInfo.InvariantCulture, $"<div class=\"card\"><h3>{Text(result.Title)}</h3>");
        foreach (FigureRow row in rows)
        {
            string better = row.Figure.HigherIsBetter ? "more is better" : "less is better";
            string goal = row.Goal is null || report.Subject is null ? ""
                : $"<span class=\"{VerdictClass(row.Verdict)}\">{Text($"goal {row.Goal} {ConsoleTable.Describe(row.Verdict)}")}</span>";
            page.Append(CultureInfo.InvariantCulture, $"<p class=\"figure\"><span>{Text($"{row.Figure.Label}; {better}")}</span>{goal}</p>");
            page.Append(BarChart.Render(row, report.Brokers));
        }

        page.Append("</div>");
    }

    internal static string VerdictClass(Verdict verdict) => verdict switch
    {
        Verdict.None => "",
        Verdict.Missed => "missed",
        _ => "met",
    };
}
