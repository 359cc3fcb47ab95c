namespace KLog.Bench.Throughput.Statistics;

/// <summary>One broker's median in a row, and its ratio to the baseline's (null for the baseline, and where it has none).</summary>
internal sealed record FigureCell(string Broker, Summary? Summary, double? Ratio);

/// <summary>One figure of one workload over all brokers.</summary>
internal sealed record FigureRow(WorkloadResult Workload, Figure Figure, IReadOnlyList<FigureCell> Cells, Goal? Goal, Verdict Verdict);

/// <summary>◆ Medians and ratios of all results, and the verdict on those that have a goal.</summary>
internal static class FigureTable
{
    /// <param name="results">By workload.</param>
    /// <param name="baseline">The broker that ratios refer to; null when it is not among them.</param>
    /// <param name="subject">The broker that goals are for; null when it is not among them.</param>
    /// <param name="goals">At most one a workload and figure.</param>
    internal static List<FigureRow> Build(
        IEnumerable<WorkloadResult> results, string? baseline, string? subject, IReadOnlyList<Goal> goals)
    {
        List<FigureRow> rows = [];
        foreach (WorkloadResult result in results)
        {
            foreach (Figure figure in FiguresOf(result))
            {
                rows.Add(BuildRow(result, figure, baseline, subject, goals));
            }
        }

        return rows;
    }

    /// <summary>The main figure first, and what tells about the run last.</summary>
    private static IEnumerable<Figure> FiguresOf(WorkloadResult result) =>
        result.Brokers.SelectMany(b => b.Rounds).SelectMany(r => r.Figures.Keys).Distinct()
            .OrderBy(f => f == result.Main ? 0 : f.IsAboutRun ? 2 : 1);

    private static FigureRow BuildRow(
        WorkloadResult result, Figure figure, string? baseline, string? subject, IReadOnlyList<Goal> goals)
    {
        double? reference = result.Brokers.FirstOrDefault(b => b.Broker == baseline)?.Summarize(figure)?.Median;
        List<FigureCell> cells = [];
        foreach (BrokerResult broker in result.Brokers)
        {
            Summary? summary = broker.Summarize(figure);
            double? ratio = broker.Broker != baseline && reference > 0 && !figure.IsAboutRun ? summary?.Median / reference : null;
            cells.Add(new FigureCell(broker.Broker, summary, ratio));
        }

        Goal? goal = goals.FirstOrDefault(g => g.Workload == result.Name && g.Figure == figure);
        FigureCell? judged = cells.Find(c => c.Broker == subject && c.Summary is not null);
        Verdict verdict = goal is null || judged is null
            ? Verdict.None
            : goal.Judge(judged.Summary!.Value.Median, judged.Ratio);
        return new FigureRow(result, figure, cells, goal, verdict);
    }
}
