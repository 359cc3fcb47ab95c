using System.Diagnostics;
using KLog.Bench.Throughput.Brokers;
using KLog.Bench.Throughput.Load;
using KLog.Bench.Throughput.Statistics;

namespace KLog.Bench.Throughput.Workloads;

/// <summary>From the start of the broker's process on an empty folder to the acknowledgement of its first record.</summary>
internal sealed class StartWorkload()
    : Workload("start", "start on an empty folder to the first acknowledged record", Figure.Start)
{
    internal override bool WarmsUp => false;

    internal override bool CanRunOn(BrokerUnderTest broker) => broker.CanStartAside;

    internal override RoundResult Run(RunContext context)
    {
        using LocalBroker fresh = context.Broker.Aside();
        fresh.Start(context.Cancellation);
        using BenchTopic topic = fresh.CreateTopic(1, context.Cancellation);
        BatchTemplate batch = Producing.NewBatch(1, 100);
        using Producing producing = new(topic, batch, Producing.OneEach(1), inFlight: 1);
        ProduceLoad.Run(
            producing.Lanes, batch, new LoadLimit(TimeSpan.FromSeconds(30), 1), context.Meter, context.Cancellation);
        RoundResult result = new();
        result[Figure.Start] = Stopwatch.GetElapsedTime(fresh.StartedAt).TotalSeconds;
        return result;
    }
}
