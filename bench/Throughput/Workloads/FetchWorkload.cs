using KLog.Bench.Throughput.Brokers;
using KLog.Bench.Throughput.Load;
using KLog.Bench.Throughput.Statistics;

namespace KLog.Bench.Throughput.Workloads;

/// <summary>Six connections, each reading a partition of its own over and over, 1 MiB a request, from the page cache.</summary>
internal sealed class FetchWorkload() : Workload("fetch", "fetch from the page cache, 1 MiB a partition", Figure.Megabytes)
{
    private const int FetchBytes = 1 << 20;
    private const long TopicBytes = 768L << 20;
    private static readonly TimeSpan FillTimeMax = TimeSpan.FromSeconds(120);
    private readonly Dictionary<BrokerUnderTest, BenchTopic> _topics = [];

    internal override void Prepare(RunContext context)
    {
        BenchTopic topic = _topics[context.Broker] = context.Broker.CreateTopic(ProduceWorkload.Partitions, context.Cancellation);
        using Producing producing = new(
            topic, Producing.NewBatch(100, 100), Producing.OneEach(ProduceWorkload.Partitions), ProduceWorkload.InFlight);
        producing.Run(context, new LoadLimit(FillTimeMax, TopicBytes));
    }

    internal override RoundResult Run(RunContext context)
    {
        BenchTopic topic = _topics[context.Broker];
        long[] ends = topic.EndOffsets();
        FetchLane[] lanes = [.. Enumerable.Range(0, ends.Length)
            .Select(p => new FetchLane(topic.Leaders[p], topic.Name, p, waitMs: 100, FetchBytes))];
        try
        {
            RoundResult result = new();
            Gauge gauge = Gauge.Start(context.Broker);
            LoadOutcome outcome = FetchLoad.Run(lanes, ends, context.Limit.Time, context.Meter, context.Cancellation);
            gauge.Stop(result);
            result[Figure.Megabytes] = outcome.Bytes / outcome.Seconds / (1 << 20);
            result[Figure.Records] = outcome.Records / outcome.Seconds;
            result[Figure.Requests] = outcome.Requests / outcome.Seconds;
            if (gauge.BrokerCpuSeconds is { } seconds)
            {
                result[Figure.CpuPerGib] = seconds / outcome.Bytes * RunScale.Gib;
            }

            return result;
        }
        finally
        {
            foreach (FetchLane lane in lanes)
            {
                lane.Dispose();
            }
        }
    }

    internal override void Finish(BrokerUnderTest broker)
    {
        if (_topics.Remove(broker, out BenchTopic? topic))
        {
            topic.Dispose();
        }
    }
}
