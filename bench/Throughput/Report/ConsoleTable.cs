using KLog.Bench.Throughput.Statistics;
using Spectre.Console;

namespace KLog.Bench.Throughput.Report;

/// <summary>The report as a table on standard output.</summary>
internal static class ConsoleTable
{
    /// <summary>The width of lines that nobody sees on a terminal.</summary>
    private const int FileWidth = 240;

    internal static void Write(BenchReport report)
    {
        bool isTerminal = !Console.IsOutputRedirected;
        IAnsiConsole console = AnsiConsole.Create(new AnsiConsoleSettings { Ansi = isTerminal ? AnsiSupport.Detect : AnsiSupport.No });
        if (!isTerminal)
        {
            console.Profile.Width = FileWidth;
        }

        Table table = new() { Border = TableBorder.Rounded };
        table.AddColumn("");
        foreach (string broker in report.Brokers)
        {
            table.AddColumn(new TableColumn(Markup.Escape(broker)).RightAligned());
        }

        foreach (string broker in RatioBrokers(report))
        {
            table.AddColumn(new TableColumn(Markup.Escape($"{broker} / {report.Baseline}")).RightAligned());
        }

        table.AddColumn("goal");
        table.AddColumn("verdict");
        string? workload = null;
        foreach (FigureRow row in report.Rows)
        {
            if (row.Workload.Name != workload)
            {
                workload = row.Workload.Name;
                table.AddEmptyRow();
                table.AddRow($"[bold]{Markup.Escape(row.Workload.Title)}[/]");
            }

            table.AddRow([.. Cells(report, row)]);
        }

        console.Write(table);
        WriteClosing(report, console);
    }

    internal static string Describe(Verdict verdict) => verdict switch
    {
        Verdict.Missed => "missed",
        Verdict.Met => "met",
        Verdict.AimReached => "met, and the aim",
        _ => "",
    };

    private static IEnumerable<string> RatioBrokers(BenchReport report) =>
        report.Baseline is null ? [] : report.Brokers.Where(b => b != report.Baseline);

    private static IEnumerable<string> Cells(BenchReport report, FigureRow row)
    {
        yield return Markup.Escape($"  {row.Figure.Label}");
        foreach (string broker in report.Brokers)
        {
            Summary? summary = row.Cells.FirstOrDefault(c => c.Broker == broker)?.Summary;
            yield return summary is { } s ? Quantity.Format(s.Median) : "–";
        }

        foreach (string broker in RatioBrokers(report))
        {
            double? ratio = row.Cells.FirstOrDefault(c => c.Broker == broker)?.Ratio;
            yield return ratio is { } r ? Quantity.Ratio(r) : "–";
        }

        yield return Markup.Escape(row.Goal?.ToString() ?? "");
        yield return row.Verdict switch
        {
            Verdict.None => "",
            Verdict.Missed => $"[red]{Describe(row.Verdict)}[/]",
            _ => $"[green]{Describe(row.Verdict)}[/]",
        };
    }

    private static void WriteClosing(BenchReport report, IAnsiConsole console)
    {
        foreach (WorkloadResult result in report.Results)
        {
            foreach (BrokerResult broker in result.Brokers.Where(b => b.Failure is not null))
            {
                console.MarkupLineInterpolated($"[red]{result.Name} on {broker.Broker} failed: {broker.Failure}[/]");
            }
        }

        (int met, int judged) = report.Goals;
        string goals = judged == 0 ? "" : $"; {met} of {judged} goals met by {report.Subject}";
        console.MarkupLineInterpolated($"medians of the rounds; took {report.Took:h\\:mm\\:ss}{goals}");
    }
}
