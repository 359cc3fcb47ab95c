using KLog.Bench.Throughput.Load;

namespace KLog.Bench.Throughput.Workloads;

/// <summary>Connections that fetch a topic, one a partition, for one run.</summary>
internal sealed class Fetching : IDisposable
{
    /// <summary>What a topic is filled with.</summary>
    private static readonly BatchTemplate Batch = Producing.NewBatch(100, 100);

    /// <summary>Batch bytes of one response.</summary>
    private const int ResponseBytes = 1 << 20;

    private const int PollWaitMs = 100;
    private static readonly TimeSpan FillTimeMax = TimeSpan.FromSeconds(120);
    private readonly long[] _ends;

    /// <param name="topic">One that was made by <see cref="CreateFilledTopic"/>.</param>
    internal Fetching(BenchTopic topic)
    {
        _ends = topic.EndOffsets();
        Lanes = [.. Enumerable.Range(0, _ends.Length)
            .Select(p => new FetchLane(topic.Leaders[p], topic.Name, p, PollWaitMs, ResponseBytes, Batch))];
    }

    private FetchLane[] Lanes { get; }

    /// <summary>Makes a topic that is then in the page cache.</summary>
    internal static BenchTopic CreateFilledTopic(RunContext context, long bytes)
    {
        BenchTopic topic = context.Broker.CreateTopic(ProduceWorkload.Partitions, context.Cancellation);
        using Producing producing = new(
            topic, Batch, Producing.OneEach(ProduceWorkload.Partitions), ProduceWorkload.InFlight);
        producing.Run(context, new LoadLimit(FillTimeMax, bytes));
        return topic;
    }

    internal LoadOutcome Run(RunContext context, TimeSpan time) =>
        FetchLoad.Run(Lanes, _ends, time, context.Meter, context.Cancellation);

    public void Dispose()
    {
        foreach (FetchLane lane in Lanes)
        {
            lane.Dispose();
        }
    }
}
