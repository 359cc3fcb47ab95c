using System.Globalization;
using System.Text;
using KLog.Bench.Throughput.Statistics;

namespace KLog.Bench.Throughput.Report;

/// <summary>◆ All figures as a table: a broker's median with its range, and its ratio below.</summary>
internal static class HtmlTable
{
    internal static void Append(StringBuilder page, BenchReport report)
    {
        page.Append("<table><thead><tr><th></th>");
        foreach (string broker in report.Brokers)
        {
            page.Append(CultureInfo.InvariantCulture, $"<th>{Svg.Escape(broker)}</th>");
            page.Append(report.Baseline is null || broker == report.Baseline ? "" : "<th>ratio</th>");
        }

        page.Append("<th>goal</th><th>verdict</th></tr></thead><tbody>");
        string? workload = null;
        foreach (FigureRow row in report.Rows)
        {
            if (row.Workload.Name != workload)
            {
                workload = row.Workload.Name;
                page.Append(CultureInfo.InvariantCulture, $"<tr class=\"head\"><td colspan=\"99\">{Svg.Escape(row.Workload.Title)}</td></tr>");
            }

            AppendRow(page, report, row);
        }

        page.Append("</tbody></table>");
    }

    private static void AppendRow(StringBuilder page, BenchReport report, FigureRow row)
    {
        page.Append(CultureInfo.InvariantCulture, $"<tr><td>{Svg.Escape(row.Figure.Label)}</td>");
        foreach (string broker in report.Brokers)
        {
            FigureCell? cell = row.Cells.FirstOrDefault(c => c.Broker == broker);
            page.Append(cell?.Summary is { } s
                ? $"<td>{Quantity.Format(s.Median)} <small>{Quantity.Format(s.Min)}–{Quantity.Format(s.Max)}</small></td>"
                : "<td>–</td>");
            if (report.Baseline is not null && broker != report.Baseline)
            {
                page.Append(CultureInfo.InvariantCulture, $"<td>{(cell?.Ratio is { } ratio ? Quantity.Ratio(ratio) : "")}</td>");
            }
        }

        page.Append(CultureInfo.InvariantCulture, $"<td>{Svg.Escape(row.Goal?.ToString() ?? "")}</td>");
        page.Append(CultureInfo.InvariantCulture, $"<td class=\"{HtmlPage.VerdictClass(row.Verdict)}\">{ConsoleTable.Describe(row.Verdict)}</td></tr>");
    }
}
