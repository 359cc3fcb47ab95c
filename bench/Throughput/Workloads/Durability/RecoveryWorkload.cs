using System.Diagnostics;
using System.Globalization;
using KLog.Bench.Throughput.Brokers;
using KLog.Bench.Throughput.Disk;
using KLog.Bench.Throughput.Load;
using KLog.Bench.Throughput.Statistics;

namespace KLog.Bench.Throughput.Workloads.Durability;

/// <summary>
/// From the start of the process after kill -9 until all of 8 partitions are served, each with one segment of 512 MiB that
/// counts as never flushed: its recovery point is taken away. The segments are on the disk and in the page cache, and
/// both brokers may use as many recovery threads as there are processors.
/// </summary>
internal sealed class RecoveryWorkload()
    : Workload("recovery", "restart after kill -9, 8 partitions with 512 MiB unflushed each", Figure.Served)
{
    private const int Partitions = 8;
    private const long PartitionBytes = 512L << 20;
    private static readonly TimeSpan FillTimeMax = TimeSpan.FromMinutes(5);
    private static readonly TimeSpan ServedTimeMax = TimeSpan.FromMinutes(3);

    /// <summary>So that Kafka's registration does not outlive it by a day.</summary>
    private static readonly string[] Properties =
    [
        "zookeeper.session.timeout.ms=6000", "broker.session.timeout.ms=6000",
        string.Create(CultureInfo.InvariantCulture, $"num.recovery.threads.per.data.dir={Environment.ProcessorCount}"),
    ];

    private readonly Dictionary<BrokerUnderTest, (LocalBroker Killed, BenchTopic Topic)> _killed = [];

    internal override bool WarmsUp => false;

    internal override bool CanRunOn(BrokerUnderTest broker) => broker.CanStartAside;

    internal override void Prepare(RunContext context)
    {
        LocalBroker aside = context.Broker.Aside(Properties);
        aside.Start(context.Cancellation);
        BenchTopic topic = aside.CreateTopic(Partitions, context.Cancellation);
        _killed[context.Broker] = (aside, topic);
        for (int partition = 0; partition < Partitions; partition++)
        {
            using Producing producing = new(topic, ColdWorkload.Batch, [[partition]], ProduceWorkload.InFlight);
            producing.Run(
                context with { Broker = aside }, new LoadLimit(FillTimeMax, context.Scale.DataBytes(PartitionBytes)));
        }

        aside.Kill(context.Cancellation);
    }

    internal override RoundResult Run(RunContext context)
    {
        (LocalBroker broker, BenchTopic topic) = _killed[context.Broker];
        File.Delete(Path.Combine(broker.DataFolder!, PartitionFiles.RecoveryPoints));
        Linux.Sync();
        PageCache.Load(PartitionFiles.Segments(broker.DataFolder!, topic));
        broker.Start(context.Cancellation);
        using (PartitionAccess access = new(topic))
        {
            access.AwaitServed(ColdWorkload.Batch.Bytes, ServedTimeMax, context.Cancellation);
        }

        RoundResult result = new();
        result[Figure.Served] = Stopwatch.GetElapsedTime(broker.StartedAt).TotalSeconds;
        result[Figure.RecoveryCpu] = ProcessFigures.CpuSeconds(broker.Process!.Value);
        result[Figure.PeakMemory] = ProcessFigures.PeakMemoryMib(broker.Process.Value);
        CheckNothingIsLost(context, topic);
        broker.Kill(context.Cancellation);
        return result;
    }

    internal override void Finish(BrokerUnderTest broker)
    {
        if (_killed.Remove(broker, out (LocalBroker Killed, BenchTopic Topic) own))
        {
            own.Killed.Dispose();
        }
    }

    /// <summary>A killed process loses nothing that was acknowledged: the kernel has it.</summary>
    private static void CheckNothingIsLost(RunContext context, BenchTopic topic)
    {
        BatchTemplate batch = ColdWorkload.Batch;
        long expected = context.Scale.DataBytes(PartitionBytes) / batch.Bytes.Length * batch.Records;
        long[] ends = topic.EndOffsets();
        for (int partition = 0; partition < ends.Length; partition++)
        {
            if (ends[partition] <= expected)
            {
                throw new LoadException($"partition {partition} ends at {ends[partition]} after its recovery, {expected} records were acknowledged");
            }
        }
    }
}
