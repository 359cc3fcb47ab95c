using KLog.Bench.Throughput.Brokers;
using KLog.Bench.Throughput.Load;
using KLog.Bench.Throughput.Statistics;

namespace KLog.Bench.Throughput.Workloads.Durability;

/// <summary>
/// 1,000 single-record batches a second over 10,000 partitions in turn, on two brokers with the same partitions: on one
/// nothing happens in the background, on the other a retention check and all checkpoints every second, and every log is
/// flushed 5 s after its first unflushed record. One has the machine while the other is stopped.
/// </summary>
internal sealed class BackgroundWorkload()
    : Workload("background", "ack over 10,000 partitions with retention, flushing and checkpoints", Figure.BackgroundCost)
{
    private const int PartitionsFull = 10_000;
    private const int PartitionsMin = 100;
    private const int PerSecond = 1000;
    private const int Connections = 6;
    private const int InFlightMax = 1 << 14;
    private const int RunLengths = 4;

    private static readonly string[] Tasks =
    [
        "log.retention.check.interval.ms", "log.flush.offset.checkpoint.interval.ms",
        "log.flush.start.offset.checkpoint.interval.ms", "log.flush.scheduler.interval.ms",
    ];

    private static readonly string[] Quiet = [.. Tasks.Select(t => t + "=86400000")];
    private static readonly string[] Busy =
        [.. Tasks.Select(t => t + "=1000"), "log.flush.interval.ms=5000", "log.initial.task.delay.ms=1000"];

    private readonly Dictionary<BrokerUnderTest, Side[]> _sides = [];

    internal override bool WarmsUp => false;

    internal override bool CanRunOn(BrokerUnderTest broker) => broker.CanStartAside;

    /// <summary>Makes the partitions, which may take Kafka minutes, and writes to all of them as fast as it goes.</summary>
    internal override void Prepare(RunContext context)
    {
        Side[] sides = [new(context.Broker.Aside(Quiet)), new(context.Broker.Aside(Busy))];
        _sides[context.Broker] = sides;
        int partitions = Math.Max(PartitionsMin, (int)context.Scale.DataBytes(PartitionsFull));
        foreach (Side side in sides)
        {
            side.Broker.Start(context.Cancellation);
            side.Topic = side.Broker.CreateTopic(partitions, context.Cancellation);
            using Producing producing = Produce(side.Topic, ProduceWorkload.InFlight);
            producing.Run(context with { Broker = side.Broker }, LoadLimit.For(context.Scale.WarmUpMax / 3));
            side.Broker.Pause(true);
        }
    }

    internal override RoundResult Run(RunContext context)
    {
        RoundResult result = new();
        Side[] sides = _sides[context.Broker];
        foreach (Side side in sides)
        {
            side.Broker.Pause(side == sides[1]);
        }

        LatencyWorkload.Note(result, Figure.QuietAcknowledged, Load(context, sides[0].Topic!).Acknowledged);
        foreach (Side side in sides)
        {
            side.Broker.Pause(side == sides[0]);
        }

        Gauge gauge = Gauge.Start(sides[1].Broker);
        LatencyOutcome busy = Load(context, sides[1].Topic!);
        gauge.Stop();
        LatencyWorkload.Note(result, Figure.Acknowledged, busy.Acknowledged);
        result[Figure.LatenessP99] = busy.Lateness.Percentile(0.99) / 1e6;
        result[Figure.BackgroundCost] = Math.Max(
            0, result[Figure.Acknowledged[2]] - result[Figure.QuietAcknowledged[2]]);
        gauge.NoteTo(result);
        return result;
    }

    /// <summary>The folders go with the brokers; the topics need no deletion.</summary>
    internal override void Finish(BrokerUnderTest broker)
    {
        if (_sides.Remove(broker, out Side[]? sides))
        {
            foreach (Side side in sides)
            {
                side.Broker.Dispose();
            }
        }
    }

    private static LatencyOutcome Load(RunContext context, BenchTopic topic)
    {
        using Producing producing = Produce(topic, InFlightMax);
        LatencyLoad load = new(producing.Lanes, [], [], 1);
        Linux.Sync();
        return load.Run(PerSecond, context.Limit.Time * RunLengths, context.Meter, context.Cancellation);
    }

    /// <summary>Each connection has a share of the partitions, and goes through it in turn.</summary>
    private static Producing Produce(BenchTopic topic, int inFlight)
    {
        int[][] shares = [.. Enumerable.Range(0, Connections)
            .Select(c => Enumerable.Range(0, topic.Leaders.Length).Where(p => p % Connections == c).ToArray())];
        return new Producing(topic, Producing.NewBatch(1, 100), shares, inFlight);
    }

    private sealed class Side(LocalBroker broker)
    {
        internal LocalBroker Broker { get; } = broker;

        internal BenchTopic? Topic { get; set; }
    }
}
