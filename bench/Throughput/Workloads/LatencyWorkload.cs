using KLog.Bench.Throughput.Load;
using KLog.Bench.Throughput.Statistics;

namespace KLog.Bench.Throughput.Workloads;

/// <summary>
/// 2,000 single-record batches a second over six connections, each to a partition of its own, with one long-polling
/// consumer a partition.
/// </summary>
internal sealed class LatencyWorkload()
    : Workload("latency", "latency at 2,000 single-record batches a second", Figure.Acknowledged[1])
{
    internal const string AcknowledgedHistogram = "ack";
    internal const string EndToEndHistogram = "endToEnd";
    private const int PerSecond = 2000;
    private const int Partitions = ProduceWorkload.Partitions;
    private const int InFlightMax = 1 << 14;
    private const int PollWaitMs = 500;

    /// <summary>Drives the broker hard for a while: at 2,000 requests a second, compilers would take minutes to do their work.</summary>
    internal override void Prepare(RunContext context)
    {
        using BenchTopic topic = context.Broker.CreateTopic(Partitions, context.Cancellation);
        BatchTemplate batch = Producing.NewBatch(1, 100);
        using Producing producing = new(topic, batch, Producing.OneEach(Partitions), ProduceWorkload.InFlight);
        producing.Run(context, LoadLimit.For(context.Scale.WarmUp * 2));
    }

    internal override RoundResult Run(RunContext context)
    {
        using BenchTopic topic = context.Broker.CreateTopic(Partitions, context.Cancellation);
        BatchTemplate batch = Producing.NewBatch(1, 100);
        using Producing producing = new(topic, batch, Producing.OneEach(Partitions), InFlightMax);
        FetchLane[] consumers = [.. Enumerable.Range(0, Partitions)
            .Select(p => new FetchLane(topic.Leaders[p], topic.Name, p, PollWaitMs, 1 << 20))];
        try
        {
            LatencyLoad load = new(producing.Lanes, consumers, topic.EndOffsets(), batch.Records);
            RoundResult result = new();
            Gauge gauge = Gauge.Start(context.Broker);
            LatencyOutcome outcome = load.Run(PerSecond, TimeFor(context), context.Meter, context.Cancellation);
            gauge.Stop();
            Note(result, outcome);
            gauge.NoteTo(result);
            return result;
        }
        finally
        {
            foreach (FetchLane consumer in consumers)
            {
                consumer.Dispose();
            }
        }
    }

    /// <summary>Twice the usual: 0.1 % of 20,000 batches are 20.</summary>
    private static TimeSpan TimeFor(RunContext context) => context.IsWarmUp ? context.Limit.Time : context.Limit.Time * 2;

    /// <summary>Notes what an open loop saw of producers and consumers.</summary>
    internal static void Note(RoundResult result, LatencyOutcome outcome)
    {
        Note(result, Figure.Acknowledged, outcome.Acknowledged);
        Note(result, Figure.EndToEnd, outcome.EndToEnd);
        result[Figure.LatenessP99] = outcome.Lateness.Percentile(0.99) / 1e6;
        result.Histograms[AcknowledgedHistogram] = outcome.Acknowledged;
        result.Histograms[EndToEndHistogram] = outcome.EndToEnd;
    }

    /// <summary>Notes the percentiles that the figures stand for.</summary>
    internal static void Note(RoundResult result, Figure[] figures, LatencyHistogram histogram)
    {
        for (int i = 0; i < figures.Length; i++)
        {
            result[figures[i]] = histogram.Percentile(Figure.LatencyShares[i]) / 1e6;
        }
    }
}
