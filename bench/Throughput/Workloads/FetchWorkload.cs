using KLog.Bench.Throughput.Brokers;
using KLog.Bench.Throughput.Load;
using KLog.Bench.Throughput.Statistics;

namespace KLog.Bench.Throughput.Workloads;

/// <summary>Six connections, each reading a partition of its own over and over, 1 MiB a request, from the page cache.</summary>
internal sealed class FetchWorkload() : Workload("fetch", "fetch from the page cache, 1 MiB a partition", Figure.Megabytes)
{
    private const long TopicBytes = 768L << 20;
    private readonly Dictionary<BrokerUnderTest, BenchTopic> _topics = [];

    internal override void Prepare(RunContext context) =>
        _topics[context.Broker] = Fetching.CreateFilledTopic(context, TopicBytes);

    internal override RoundResult Run(RunContext context)
    {
        using Fetching fetching = new(_topics[context.Broker]);
        RoundResult result = new();
        Gauge gauge = Gauge.Start(context.Broker);
        LoadOutcome outcome = fetching.Run(context, context.Limit.Time);
        gauge.Stop();
        result[Figure.Megabytes] = outcome.Bytes / outcome.Seconds / (1 << 20);
        result[Figure.Records] = outcome.Records / outcome.Seconds;
        result[Figure.Requests] = outcome.Requests / outcome.Seconds;
        if (gauge.BrokerCpuSeconds is { } seconds)
        {
            result[Figure.CpuPerGib] = seconds / outcome.Bytes * RunScale.Gib;
        }

        gauge.NoteTo(result);
        return result;
    }

    internal override void Finish(BrokerUnderTest broker)
    {
        if (_topics.Remove(broker, out BenchTopic? topic))
        {
            topic.Dispose();
        }
    }
}
