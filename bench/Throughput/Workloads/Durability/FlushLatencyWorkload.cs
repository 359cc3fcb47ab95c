using KLog.Bench.Throughput.Brokers;
using KLog.Bench.Throughput.Disk;
using KLog.Bench.Throughput.Load;
using KLog.Bench.Throughput.Statistics;

namespace KLog.Bench.Throughput.Workloads.Durability;

/// <summary>
/// One producer with one request in flight and flush.messages=1, against what its wait is made of: the same without
/// flushing, and a bare pwrite with fdatasync of the same bytes. The three take short turns, so that a disk whose speed
/// changes meets all of them.
/// </summary>
internal sealed class FlushLatencyWorkload()
    : Workload("flush-latency", "one producer, one 10 KB batch in flight, flush.messages=1", Figure.WaitMedian)
{
    private const int Turns = 4;

    /// <summary>Drives the broker as hard as one connection can, for the compilers.</summary>
    internal override void Prepare(RunContext context)
    {
        using BenchTopic topic = context.Broker.CreateTopic(1, context.Cancellation);
        using Producing producing = new(topic, NewBatch(), Producing.OneEach(1), ProduceWorkload.InFlight);
        producing.Run(context, LoadLimit.For(context.Scale.WarmUp * 2));
    }

    internal override bool CanRunOn(BrokerUnderTest broker) => broker.ProbeFolder is not null;

    internal override RoundResult Run(RunContext context)
    {
        BatchTemplate batch = NewBatch();
        using BenchTopic flushed = context.Broker.CreateTopic(1, context.Cancellation, FlushWorkload.FlushEach);
        using BenchTopic unflushed = context.Broker.CreateTopic(1, context.Cancellation);
        using Producing toFlushed = new(flushed, batch, Producing.OneEach(1), inFlight: 1);
        using Producing toUnflushed = new(unflushed, batch, Producing.OneEach(1), inFlight: 1);
        LatencyHistogram bare = new();
        RoundResult result = new();
        RoundResult without = new();
        for (int turn = 0; turn < Turns; turn++)
        {
            LoadLimit limit = LoadLimit.For(context.Limit.Time / Turns);
            without = toUnflushed.Run(context, limit);
            bare.Add(DiskProbe.Run(context.Broker.ProbeFolder!, 1, batch.Bytes.Length, limit.Time).Waits);
            result = toFlushed.Run(context, limit);
        }

        // The waits of a connection are those of all turns.
        result[Figure.UnflushedMedian] = without[Figure.WaitMedian];
        result[Figure.BareSyncMedian] = bare.Percentile(0.5) / 1e6;
        result[Figure.FlushWait] = FlushCost.WaitRatio(
            result[Figure.WaitMedian], result[Figure.UnflushedMedian], result[Figure.BareSyncMedian]);
        return result;
    }

    private static BatchTemplate NewBatch() => Producing.NewBatch(100, 100);
}
