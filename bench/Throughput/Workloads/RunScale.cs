using KLog.Bench.Throughput.Load;

namespace KLog.Bench.Throughput.Workloads;

/// <summary>How long and how large the runs are.</summary>
/// <param name="Run">A measured run, where nothing else ends it.</param>
/// <param name="RunBytes">
/// Batch bytes of a measured produce run at most: below the kernel's background dirty limit, so that all brokers write to
/// memory and a faster one is not the first to meet the disk.
/// </param>
/// <param name="WarmUp">One warm-up run.</param>
/// <param name="WarmUpMax">All warm-up runs of one broker at one workload.</param>
/// <param name="BeyondBytes">The produce run that goes beyond the dirty limit.</param>
/// <param name="DataShare">How much of the full data the workloads write that need much before they measure, above 0.</param>
internal sealed record RunScale(
    TimeSpan Run, long RunBytes, TimeSpan WarmUp, TimeSpan WarmUpMax, long BeyondBytes, double DataShare)
{
    internal const long Gib = 1L << 30;

    internal LoadLimit RunLimit => new(Run, RunBytes);

    internal LoadLimit WarmUpLimit => new(WarmUp, RunBytes);

    /// <summary>The share of <paramref name="full"/> that this run writes.</summary>
    internal long DataBytes(long full) => (long)(full * DataShare);
}
