using KLog.Bench.Throughput.Load;
using KLog.Bench.Throughput.Statistics;
using KLog.Protocol.Records;

namespace KLog.Bench.Throughput.Workloads;

/// <summary>Six connections, each to a partition of its own, acks=1, five requests in flight on each.</summary>
internal sealed class ProduceWorkload(string name, string title, Figure main, int records, int valueBytes)
    : Workload(name, title, main)
{
    internal const int Partitions = 6;
    internal const int InFlight = 5;

    internal CompressionType Codec { get; init; }

    /// <summary>How much a measured run moves, where it is not the usual.</summary>
    internal Func<RunScale, LoadLimit>? Limit { get; init; }

    internal override RoundResult Run(RunContext context)
    {
        using BenchTopic topic = context.Broker.CreateTopic(Partitions, context.Cancellation);
        BatchTemplate batch = Producing.NewBatch(records, valueBytes, Codec);
        using Producing producing = new(topic, batch, Producing.OneEach(Partitions), InFlight);
        return producing.Run(context, context.IsWarmUp || Limit is null ? context.Limit : Limit(context.Scale));
    }
}
