namespace KLog.Bench.Throughput.Report;

internal static class HtmlPage
{
    internal static string Render(BenchReport report) => report.Title;
}
