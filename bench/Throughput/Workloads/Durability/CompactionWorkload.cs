using KLog.Bench.Throughput.Brokers;
using KLog.Bench.Throughput.Load;
using KLog.Bench.Throughput.Statistics;
using KLog.Protocol;

namespace KLog.Bench.Throughput.Workloads.Durability;

/// <summary>
/// One clean of a log of 1 GiB in 16 segments, 1 KB records whose keys are drawn by chance from a tenth as many keys. The
/// log is written under cleanup.policy=delete; the clock runs from the acknowledgement of the change to compact until
/// cleaner-offset-checkpoint says that all but the active segment is clean. One cleaner thread, that looks for work ten
/// times a second, on a broker of its own.
/// </summary>
internal sealed class CompactionWorkload()
    : Workload("compaction", "compaction of 1 GiB of 1 KB records with 10 % live keys", Figure.CleanRate)
{
    private const long LogBytes = RunScale.Gib;
    private const int Segments = 16;
    private const int BatchRecords = 100;
    private const int ValueBytes = 1000;
    private const int RecordsPerKey = 10;

    /// <summary>Of the bytes, where more are left the log was not cleaned.</summary>
    private const double RestPercentMax = 50;

    private static readonly TimeSpan CleanTimeMax = TimeSpan.FromMinutes(5);

    private readonly Dictionary<BrokerUnderTest, LocalBroker> _asides = [];

    internal override bool CanRunOn(BrokerUnderTest broker) => broker.CanStartAside;

    internal override void Prepare(RunContext context)
    {
        LocalBroker aside = context.Broker.Aside("log.cleaner.backoff.ms=100", "log.cleaner.threads=1");
        _asides[context.Broker] = aside;
        aside.Start(context.Cancellation);
    }

    internal override RoundResult Run(RunContext context)
    {
        LocalBroker broker = _asides[context.Broker];
        long bytes = context.Scale.DataBytes(context.IsWarmUp ? LogBytes / 4 : LogBytes);
        using BenchTopic topic = broker.CreateTopic(
            1, context.Cancellation, ("cleanup.policy", "delete"), ("retention.ms", "-1"),
            ("min.cleanable.dirty.ratio", "0.01"), ("segment.bytes", (bytes / Segments).ToString("d", null)));
        Fill(topic, bytes, context);
        string[] dirty = PartitionFiles.Segments(broker.DataFolder!, topic, 0);
        long cleanUpTo = PartitionFiles.BaseOffset(dirty[^1]);
        long dirtyBytes = Size(dirty, cleanUpTo);
        RoundResult result = new();
        Gauge gauge = Gauge.Start(broker);
        double seconds = Clean(broker, topic, cleanUpTo, context.Cancellation);
        gauge.Stop();
        double rest = 100.0 * Size(PartitionFiles.Segments(broker.DataFolder!, topic, 0), cleanUpTo) / dirtyBytes;
        result[Figure.CleanRate] = dirtyBytes / seconds / (1 << 20);
        result[Figure.CleanTime] = seconds;
        result[Figure.CleanRest] = rest <= RestPercentMax ? rest : throw new LoadException($"a cleaned log still has {rest:0} % of its bytes");
        result[Figure.CpuPerGib] = gauge.BrokerCpuSeconds!.Value / dirtyBytes * RunScale.Gib;
        gauge.NoteTo(result);
        return result;
    }

    internal override void Finish(BrokerUnderTest broker)
    {
        if (_asides.Remove(broker, out LocalBroker? aside))
        {
            aside.Dispose();
        }
    }

    /// <summary>The same records in the same order on each broker and in each round.</summary>
    private static void Fill(BenchTopic topic, long bytes, RunContext context)
    {
        KeyedBatch batch = new(BatchRecords, ValueBytes, DateTimeOffset.UtcNow.ToUnixTimeMilliseconds());
        Random random = new(5);
        int keys = (int)(bytes / batch.Bytes.Length * BatchRecords / RecordsPerKey);
        using PartitionAccess access = new(topic);
        for (long written = 0; written < bytes; written += batch.Bytes.Length)
        {
            batch.Rekey(random, keys);
            ErrorCode error = access.Produce(0, batch.Bytes);
            if (error != ErrorCode.None)
            {
                throw new LoadException($"the broker answers a produce request with {error}");
            }

            context.Meter.Set(written / batch.Bytes.Length, written);
            context.Cancellation.ThrowIfCancellationRequested();
        }
    }

    private static double Clean(LocalBroker broker, BenchTopic topic, long cleanUpTo, CancellationToken cancellation)
    {
        using ControlConnection control = new(broker.Address);
        control.AlterTopic(topic.Name, "cleanup.policy", "compact");
        long start = LoadClock.Now;
        long giveUp = start + LoadClock.Nanoseconds(CleanTimeMax);
        string checkpoint = Path.Combine(broker.DataFolder!, PartitionFiles.CleanerOffsets);
        while (!File.Exists(checkpoint)
            || (PartitionFiles.CheckpointedOffset(File.ReadAllLines(checkpoint), topic.Name, 0) ?? 0) < cleanUpTo)
        {
            TopicAccess.WaitOrGiveUp(giveUp, "the log is not cleaned", cancellation);
        }

        return (LoadClock.Now - start) / 1e9;
    }

    /// <summary>Bytes of the segments below an offset.</summary>
    private static long Size(IEnumerable<string> segments, long below) =>
        segments.Where(s => PartitionFiles.BaseOffset(s) < below).Sum(s => new FileInfo(s).Length);
}
