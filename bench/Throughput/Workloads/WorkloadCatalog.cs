using System.Globalization;
using KLog.Bench.Throughput.Load;
using KLog.Bench.Throughput.Statistics;
using KLog.Bench.Throughput.Workloads.Durability;
using KLog.Bench.Throughput.Workloads.Groups;
using KLog.Protocol.Records;

namespace KLog.Bench.Throughput.Workloads;

/// <summary>All workloads by name, and the goals that the project has set itself for them.</summary>
internal static class WorkloadCatalog
{
    /// <summary>The result that no run of its own stands behind: the peak memory over all produce runs.</summary>
    internal const string Memory = "memory";

    private const string Beyond = "produce-beyond";
    private static readonly TimeSpan BytesOnly = TimeSpan.FromMinutes(10);

    /// <summary>In the order in which they run: latency early, before the disk has had much to do.</summary>
    internal static readonly Workload[] All =
    [
        new ProduceWorkload("produce", "produce, 100 records of 100 B a batch", Figure.Records, 100, 100),
        new ProduceWorkload("produce-lz4", "produce, 100 × 100 B, lz4", Figure.Records, 100, 100) { Codec = CompressionType.Lz4 },
        new ProduceWorkload("produce-zstd", "produce, 100 × 100 B, zstd", Figure.Records, 100, 100) { Codec = CompressionType.Zstd },
        new ProduceWorkload("produce-snappy", "produce, 100 × 100 B, snappy", Figure.Records, 100, 100) { Codec = CompressionType.Snappy },
        new ProduceWorkload("produce-gzip", "produce, 100 × 100 B, gzip", Figure.Records, 100, 100) { Codec = CompressionType.Gzip },
        new ProduceWorkload("single", "produce, single-record batches of 100 B, 5 in flight", Figure.Requests, 1, 100),
        new LatencyWorkload(),
        new FetchWorkload(),
        new SendfileWorkload(),
        new PartitionsWorkload(),
        new StartWorkload(),
        new ProduceWorkload("produce-large", "produce, 1000 × 1000 B, 1 GiB", Figure.Megabytes, 1000, 1000)
        {
            Limit = scale => new LoadLimit(BytesOnly, Math.Min(RunScale.Gib, scale.RunBytes)),
        },
        new ProduceWorkload(Beyond, "produce, 1000 × 1000 B, beyond the dirty limit", Figure.Megabytes, 1000, 1000)
        {
            Limit = scale => new LoadLimit(BytesOnly, scale.BeyondBytes),
        },
        .. DurabilityCatalog.Workloads,
        .. GroupCatalog.Workloads,
        .. GroupCatalog.Crowds,
    ];

    /// <summary>What runs when nothing is chosen; the other codecs, and what writes many GiB, and groups, only when named.</summary>
    internal static Workload[] Default(bool quick) =>
    [
        .. All.Where(w => w.Name is not ("produce-snappy" or "produce-gzip") && !(quick && w.Name == Beyond))
            .Except(DurabilityCatalog.Workloads).Except(GroupCatalog.Workloads).Except(GroupCatalog.Crowds),
    ];

    /// <summary>The workload of a name, or all of a group; empty when there is none.</summary>
    internal static Workload[] Named(string name) =>
        name switch
        {
            DurabilityCatalog.Group => DurabilityCatalog.Workloads,
            GroupCatalog.Group => GroupCatalog.Workloads,
            _ => [.. All.Where(w => w.Name == name)],
        };

    internal static readonly Goal[] Goals =
    [
        new("produce", Figure.Records, GoalKind.RatioAtLeast, 1.8, 2.5),
        new("produce", Figure.CpuPerGib, GoalKind.RatioAtMost, 0.5),
        new("produce-lz4", Figure.Records, GoalKind.RatioAtLeast, 1.3),
        new("produce-zstd", Figure.Records, GoalKind.RatioAtLeast, 1.3),
        new("single", Figure.Requests, GoalKind.RatioAtLeast, 2.5, 3.5),
        new("single", Figure.CpuPerMillionRequests, GoalKind.RatioAtMost, 0.35),
        new("produce-large", Figure.Megabytes, GoalKind.RatioAtLeast, 1.2),
        new(Beyond, Figure.Megabytes, GoalKind.RatioAtLeast, 1.0),
        new(Beyond, Figure.CpuPerGib, GoalKind.RatioAtMost, 0.6),
        new(Beyond, Figure.WaitMax, GoalKind.RatioAtMost, 1.5),
        new("fetch", Figure.Megabytes, GoalKind.RatioAtLeast, 1.05),
        new("fetch", Figure.CpuPerGib, GoalKind.RatioAtMost, 1.0),
        new("sendfile", Figure.SendfileShare, GoalKind.ValueAtLeast, 99),
        new("latency", Figure.Acknowledged[1], GoalKind.RatioAtMost, 0.7, 0.5),
        new("latency", Figure.Acknowledged[2], GoalKind.RatioAtMost, 0.7),
        new("latency", Figure.EndToEnd[1], GoalKind.RatioAtMost, 0.7, 0.5),
        new("latency", Figure.EndToEnd[2], GoalKind.RatioAtMost, 0.7),
        new("start", Figure.Start, GoalKind.ValueAtMost, 1),
        new(Memory, Figure.PeakMemory, GoalKind.ValueAtMost, 300),
        new("partitions", Figure.PartitionShare, GoalKind.ValueAtLeast, Math.Round(1 / 1.2, 2)),
        .. DurabilityCatalog.Goals,
        .. GroupCatalog.Goals,
    ];

    /// <summary>Each broker's peak memory in each round, the greatest over the produce workloads.</summary>
    internal static WorkloadResult PeakMemory(IEnumerable<WorkloadResult> results)
    {
        WorkloadResult[] produce = [.. results.Where(r => r.Name == "single" || r.Name.StartsWith("produce", StringComparison.Ordinal))];
        List<BrokerResult> brokers = [];
        foreach (IGrouping<string, BrokerResult> runs in produce.SelectMany(r => r.Brokers).GroupBy(b => b.Broker))
        {
            BrokerResult peak = new(runs.Key);
            for (int round = 0; round < runs.Max(r => r.Rounds.Count); round++)
            {
                double[] peaks = [.. runs
                    .Where(r => r.Rounds.Count > round && r.Rounds[round].Figures.ContainsKey(Figure.PeakMemory))
                    .Select(r => r.Rounds[round][Figure.PeakMemory])];
                if (peaks.Length > 0)
                {
                    RoundResult result = new();
                    result[Figure.PeakMemory] = peaks.Max();
                    peak.Rounds.Add(result);
                }
            }

            brokers.Add(peak);
        }

        return new WorkloadResult(Memory, "memory at the peak of the produce runs", Figure.PeakMemory, brokers);
    }

    /// <summary>Names with titles, for the help text.</summary>
    internal static string Describe() =>
        string.Join('\n', All.Select(w => string.Create(CultureInfo.InvariantCulture, $"  {w.Name,-16}{w.Title}")))
        + $"\n  {DurabilityCatalog.Group,-16}{string.Join(", ", DurabilityCatalog.Workloads.Select(w => w.Name))}"
        + $"\n  {GroupCatalog.Group,-16}{string.Join(", ", GroupCatalog.Workloads.Select(w => w.Name))}";
}
