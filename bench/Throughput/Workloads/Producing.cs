using KLog.Bench.Throughput.Load;
using KLog.Bench.Throughput.Statistics;
using KLog.Protocol.Records;

namespace KLog.Bench.Throughput.Workloads;

/// <summary>A topic with connections that produce one batch to it, for one run.</summary>
internal sealed class Producing : IDisposable
{
    private readonly BatchTemplate _batch;
    private readonly FixedBytes _body;

    /// <param name="topic">Not disposed of here.</param>
    /// <param name="batch">What each request carries.</param>
    /// <param name="shares">The partitions of each connection; all of one connection have one leader.</param>
    /// <param name="inFlight">Requests in flight on each.</param>
    internal Producing(BenchTopic topic, BatchTemplate batch, int[][] shares, int inFlight)
    {
        _batch = batch;
        _body = new FixedBytes(batch.Bytes);
        Lanes = [.. shares.Select(s => new ProduceLane(topic.Leaders[s[0]], topic.Name, s, batch, _body, inFlight))];
    }

    internal ProduceLane[] Lanes { get; }

    /// <summary>One connection a partition.</summary>
    internal static int[][] OneEach(int partitions) => [.. Enumerable.Range(0, partitions).Select(p => (int[])[p])];

    /// <summary>A batch of records that are stamped now.</summary>
    internal static BatchTemplate NewBatch(int records, int valueBytes, CompressionType codec = CompressionType.None) =>
        new(records, valueBytes, codec, DateTimeOffset.UtcNow.ToUnixTimeMilliseconds());

    /// <summary>Loads the broker and measures.</summary>
    internal RoundResult Run(RunContext context, LoadLimit limit)
    {
        RoundResult result = new();
        Gauge gauge = Gauge.Start(context.Broker);
        LoadOutcome outcome = ProduceLoad.Run(Lanes, _batch, limit, context.Meter, context.Cancellation);
        gauge.Stop();
        LatencyHistogram waits = ProduceLoad.Waits(Lanes);
        result[Figure.Records] = outcome.Records / outcome.Seconds;
        result[Figure.Megabytes] = outcome.Bytes / outcome.Seconds / (1 << 20);
        result[Figure.Requests] = outcome.Requests / outcome.Seconds;
        if (gauge.BrokerCpuSeconds is { } seconds)
        {
            result[Figure.CpuPerGib] = seconds / outcome.Bytes * RunScale.Gib;
            result[Figure.CpuPerMillionRequests] = seconds / outcome.Requests * 1e6;
        }

        result[Figure.WaitMedian] = waits.Percentile(0.5) / 1e6;
        result[Figure.WaitP99] = waits.Percentile(0.99) / 1e6;
        result[Figure.WaitMax] = waits.Max / 1e6;
        gauge.NoteTo(result);
        return result;
    }

    public void Dispose()
    {
        foreach (ProduceLane lane in Lanes)
        {
            lane.Dispose();
        }

        _body.Dispose();
    }
}
