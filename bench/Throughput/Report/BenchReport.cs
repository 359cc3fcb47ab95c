using KLog.Bench.Throughput.Statistics;

namespace KLog.Bench.Throughput.Report;

/// <summary>All that a report says, whatever its form.</summary>
/// <param name="Title">What was measured, in a line.</param>
/// <param name="At">When the run began, UTC.</param>
/// <param name="Took">The whole run.</param>
/// <param name="Machine">Facts of the machine and of the run, by name.</param>
/// <param name="Baseline">The broker that ratios refer to; null when there is only one.</param>
/// <param name="Subject">The broker that goals are for.</param>
/// <param name="Results">By workload.</param>
/// <param name="Rows">The figures, judged.</param>
internal sealed record BenchReport(
    string Title,
    DateTimeOffset At,
    TimeSpan Took,
    IReadOnlyList<(string Name, string Value)> Machine,
    string? Baseline,
    string? Subject,
    IReadOnlyList<WorkloadResult> Results,
    IReadOnlyList<FigureRow> Rows)
{
    /// <summary>The brokers, in the order in which they took turns.</summary>
    internal IReadOnlyList<string> Brokers => [.. Results.SelectMany(r => r.Brokers).Select(b => b.Broker).Distinct()];

    /// <summary>How many of the goals that could be judged are met.</summary>
    internal (int Met, int Judged) Goals =>
        (Rows.Count(r => r.Verdict is Verdict.Met or Verdict.AimReached), Rows.Count(r => r.Verdict != Verdict.None));
}
