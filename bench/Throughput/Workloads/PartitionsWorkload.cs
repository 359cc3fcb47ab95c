using KLog.Bench.Throughput.Brokers;
using KLog.Bench.Throughput.Load;
using KLog.Bench.Throughput.Statistics;

namespace KLog.Bench.Throughput.Workloads;

/// <summary>One connection that produces to 2,000 partitions in turn, and right after it the same to 6.</summary>
internal sealed class PartitionsWorkload()
    : Workload("partitions", "one connection to 2,000 partitions in turn", Figure.Records)
{
    private const int Many = 2000;
    private const int Few = 6;
    private readonly Dictionary<BrokerUnderTest, (BenchTopic Many, BenchTopic Few)> _topics = [];

    internal override void Prepare(RunContext context) =>
        _topics[context.Broker] = (
            context.Broker.CreateTopic(Many, context.Cancellation), context.Broker.CreateTopic(Few, context.Cancellation));

    internal override RoundResult Run(RunContext context)
    {
        (BenchTopic many, BenchTopic few) = _topics[context.Broker];
        LoadLimit half = new(context.Limit.Time / 2, context.Limit.Bytes / 2);
        RoundResult result = RunOn(many, context, half);
        double fewRecords = RunOn(few, context, half)[Figure.Records];
        result[Figure.FewPartitions] = fewRecords;
        result[Figure.PartitionShare] = result[Figure.Records] / fewRecords;
        return result;
    }

    internal override void Finish(BrokerUnderTest broker)
    {
        if (_topics.Remove(broker, out (BenchTopic Many, BenchTopic Few) topics))
        {
            topics.Many.Dispose();
            topics.Few.Dispose();
        }
    }

    private static RoundResult RunOn(BenchTopic topic, RunContext context, LoadLimit limit)
    {
        int[] all = [.. Enumerable.Range(0, topic.Leaders.Length)];
        using Producing producing = new(
            topic, Producing.NewBatch(100, 100), [all], ProduceWorkload.InFlight);
        return producing.Run(context, limit);
    }
}
