using KLog.Bench.Throughput.Statistics;

namespace KLog.Bench.Throughput.Workloads.Durability;

/// <summary>The workloads that take long or write much, to see that the log survives everything at speed; run when named.</summary>
internal static class DurabilityCatalog
{
    /// <summary>The name that stands for all of them.</summary>
    internal const string Group = "durability";

    internal static readonly Workload[] Workloads =
    [
        new FlushWorkload(),
        new FlushLatencyWorkload(),
        new ColdWorkload(),
        new RecoveryWorkload(),
        new CompactionWorkload(),
        new BackgroundWorkload(),
    ];

    internal static readonly Goal[] Goals =
    [
        new("flush", Figure.Records, GoalKind.RatioAtLeast, 15, 30),
        new("flush", Figure.FlushShare, GoalKind.ValueAtLeast, 60),
        new("flush-latency", Figure.FlushWait, GoalKind.ValueAtMost, 1.2),
        new("cold", Figure.ReplayCost, GoalKind.ValueAtMost, 2),
        new("recovery", Figure.Served, GoalKind.RatioAtMost, 0.5),
        new("compaction", Figure.CleanRate, GoalKind.RatioAtLeast, 1.5),
        new("background", Figure.BackgroundCost, GoalKind.ValueAtMost, 50),
    ];
}
