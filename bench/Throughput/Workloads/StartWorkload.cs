using KLog.Bench.Throughput.Brokers;
using KLog.Bench.Throughput.Statistics;

namespace KLog.Bench.Throughput.Workloads;

/// <summary>From the start of the broker's process on an empty folder to the acknowledgement of its first record.</summary>
internal sealed class StartWorkload()
    : Workload("start", "start on an empty folder to the first acknowledged record", Figure.Start)
{
    internal override bool WarmsUp => false;

    internal override bool CanRunOn(BrokerUnderTest broker) => broker.CanStartFresh;

    internal override RoundResult Run(RunContext context)
    {
        RoundResult result = new();
        result[Figure.Start] = context.Broker.TimeToFirstRecord(context.Cancellation).TotalSeconds;
        return result;
    }
}
