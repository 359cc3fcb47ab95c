using KLog.Bench.Throughput.Brokers;
using KLog.Bench.Throughput.Disk;
using KLog.Bench.Throughput.Load;
using KLog.Bench.Throughput.Statistics;

namespace KLog.Bench.Throughput.Workloads.Durability;

/// <summary>
/// 50 MB/s of 16 KB batches over six connections, each to a partition of its own with a consumer at its end: first alone,
/// then while one more consumer replays a topic of 4 GiB from its start to its end, none of which is in the page cache
/// (sync, then posix_fadvise(DONTNEED) on its segments). The second part lasts as long as the replay.
/// </summary>
internal sealed class ColdWorkload()
    : Workload("cold", "ack at 50 MB/s while a consumer replays 4 GiB that is not in the page cache", Figure.ReplayCost)
{
    private const int BytesPerSecond = 50_000_000;
    private const long ColdBytes = 4 * RunScale.Gib;
    private const int Partitions = ProduceWorkload.Partitions;
    private const int InFlightMax = 1 << 14;
    private const int PollWaitMs = 500;
    private static readonly TimeSpan FillTimeMax = TimeSpan.FromMinutes(10);
    private static readonly TimeSpan ReplayTimeMax = TimeSpan.FromMinutes(3);

    /// <summary>About as large as a producer's batch.size lets one grow.</summary>
    internal static readonly BatchTemplate Batch = Producing.NewBatch(16, 1000);

    private readonly Dictionary<BrokerUnderTest, BenchTopic> _cold = [];

    internal override bool WarmsUp => false;

    internal override bool CanRunOn(BrokerUnderTest broker) => broker.DataFolder is not null;

    /// <summary>Writes what is to be replayed, which also warms the produce path up, and then the whole load in small.</summary>
    internal override void Prepare(RunContext context)
    {
        BenchTopic topic = context.Broker.CreateTopic(1, context.Cancellation);
        _cold[context.Broker] = topic;
        using (Producing producing = new(topic, Batch, Producing.OneEach(1), ProduceWorkload.InFlight))
        {
            producing.Run(context, new LoadLimit(FillTimeMax, context.Scale.DataBytes(ColdBytes)));
        }

        UnderLoad(context, load => Run(load, context, context.Scale.WarmUpMax / 3));
    }

    internal override RoundResult Run(RunContext context)
    {
        RoundResult result = new();
        LatencyOutcome quiet = UnderLoad(context, load => Run(load, context, context.Limit.Time * 2));
        LatencyWorkload.Note(result, Figure.QuietAcknowledged, quiet.Acknowledged);
        PageCache.Drop(PartitionFiles.Segments(context.Broker.DataFolder!, _cold[context.Broker]));
        LatencyOutcome disturbed = UnderLoad(context, load =>
        {
            Gauge gauge = Gauge.Start(context.Broker);
            using Replay replay = new(_cold[context.Broker], Batch, context.Cancellation);
            LatencyOutcome outcome = Run(load, context, ReplayTimeMax, () => replay.HasEnded);
            gauge.Stop();
            result[Figure.ReplayRate] = replay.StopAndRate();
            gauge.NoteTo(result);
            return outcome;
        });
        LatencyWorkload.Note(result, disturbed);
        result[Figure.ReplayCost] = result[Figure.Acknowledged[1]] / result[Figure.QuietAcknowledged[1]];
        return result;
    }

    internal override void Finish(BrokerUnderTest broker)
    {
        if (_cold.Remove(broker, out BenchTopic? topic))
        {
            topic.Dispose();
        }
    }

    private static LatencyOutcome Run(LatencyLoad load, RunContext context, TimeSpan time, Func<bool>? isOver = null) =>
        load.Run(BytesPerSecond / Batch.Bytes.Length, time, context.Meter, context.Cancellation, isOver);

    /// <summary>Makes producers and consumers ready, and runs them on a topic of their own, from a quiet disk.</summary>
    private static LatencyOutcome UnderLoad(RunContext context, Func<LatencyLoad, LatencyOutcome> run)
    {
        using BenchTopic topic = context.Broker.CreateTopic(Partitions, context.Cancellation);
        using Producing producing = new(topic, Batch, Producing.OneEach(Partitions), InFlightMax);
        FetchLane[] consumers = [.. Enumerable.Range(0, Partitions)
            .Select(p => new FetchLane(topic.Leaders[p], topic.Name, p, PollWaitMs, 1 << 20))];
        try
        {
            LatencyLoad load = new(producing.Lanes, consumers, topic.EndOffsets(), Batch.Records);
            Linux.Sync();
            return run(load);
        }
        finally
        {
            foreach (FetchLane consumer in consumers)
            {
                consumer.Dispose();
            }
        }
    }
}
