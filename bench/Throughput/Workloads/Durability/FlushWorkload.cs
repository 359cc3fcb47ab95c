using KLog.Bench.Throughput.Disk;
using KLog.Bench.Throughput.Load;
using KLog.Bench.Throughput.Statistics;

namespace KLog.Bench.Throughput.Workloads.Durability;

/// <summary>
/// The produce workload with flush.messages=1: an acknowledgement means that the records are on the disk. In each round
/// the same without flushing, and plain loops of synced appends on the same disk, one a partition, follow at once.
/// </summary>
internal sealed class FlushWorkload()
    : Workload("flush", "produce, 100 × 100 B, flush.messages=1", Figure.Records)
{
    private const int ProbeBytes = 64 << 10;
    private static readonly TimeSpan ProbeTime = TimeSpan.FromSeconds(2);

    internal static readonly (string, string) FlushEach = ("flush.messages", "1");

    /// <summary>Warms all up but the flush itself: a broker that waits for the disk would take minutes to compile its code.</summary>
    internal override void Prepare(RunContext context) =>
        Produce(context, new LoadLimit(context.Scale.WarmUp * 2, long.MaxValue));

    internal override RoundResult Run(RunContext context)
    {
        RoundResult result = Produce(context, context.Limit, FlushEach);
        if (context.IsWarmUp)
        {
            return result;
        }

        RoundResult unflushed = Produce(context, context.Limit);
        result[Figure.UnflushedRecords] = unflushed[Figure.Records];
        result[Figure.UnflushedMegabytes] = unflushed[Figure.Megabytes];
        double? plain = null;
        if (context.Broker.ProbeFolder is { } folder)
        {
            plain = DiskProbe.Run(folder, ProduceWorkload.Partitions, ProbeBytes, ProbeTime).MibPerSecond;
            result[Figure.PlainSyncs] = plain.Value;
        }

        result[Figure.FlushShare] = FlushCost.PercentOfLesser(
            result[Figure.Megabytes], unflushed[Figure.Megabytes], plain);
        return result;
    }

    private static RoundResult Produce(RunContext context, LoadLimit limit, params (string, string)[] configs)
    {
        using BenchTopic topic = context.Broker.CreateTopic(ProduceWorkload.Partitions, context.Cancellation, configs);
        using Producing producing = new(
            topic, Producing.NewBatch(100, 100), Producing.OneEach(ProduceWorkload.Partitions), ProduceWorkload.InFlight);
        return producing.Run(context, limit);
    }
}
