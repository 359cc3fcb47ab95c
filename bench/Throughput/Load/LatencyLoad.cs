using KLog.Bench.Throughput.Statistics;

namespace KLog.Bench.Throughput.Load;

/// <summary>What an open loop saw, all in nanoseconds from when each record was due.</summary>
internal sealed class LatencyOutcome
{
    internal LatencyHistogram Acknowledged { get; } = new();

    internal LatencyHistogram EndToEnd { get; } = new();

    /// <summary>How late the generator itself was in asking: its own error, which the other two include.</summary>
    internal LatencyHistogram Lateness { get; } = new();

    internal TimeSpan Took { get; set; }
}

/// <summary>
/// Open loop: single batches are due at a fixed rate, over the connections in turn, whether or not earlier ones were
/// acknowledged; one consumer a partition has a long poll open all the time. One thread does it all, so that no
/// hand-over between threads is in the figures. Partition p is written by lane p alone, so a batch's place in its
/// partition tells when it was due. Without consumers the lanes may write to any partitions.
/// </summary>
internal sealed class LatencyLoad(ProduceLane[] producers, FetchLane[] consumers, long[] firstOffsets, int recordsPerBatch)
{
    private const long DrainNanosecondsMax = 10_000_000_000;
    private readonly LatencyOutcome _outcome = new();
    private readonly long[] _received = new long[consumers.Length];

    /// <param name="perSecond">Batches over all connections.</param>
    /// <param name="time">How long batches are due.</param>
    /// <param name="meter">Is kept up to date.</param>
    /// <param name="cancellation">Ends the run at once.</param>
    /// <param name="isOver">Ends the run in order, before its time.</param>
    internal LatencyOutcome Run(
        int perSecond, TimeSpan time, LoadMeter meter, CancellationToken cancellation, Func<bool>? isOver = null)
    {
        Linux.SharpenTimers();
        using PollSet poll = new([.. producers.Select(p => p.Descriptor), .. consumers.Select(c => c.Descriptor)]);
        StartConsumers();
        long gap = 1_000_000_000 / perSecond;
        long total = (long)(time.TotalSeconds * perSecond);
        long start = LoadClock.Now + gap;
        long asked = 0;
        long now = LoadClock.Now;
        while (asked < total || Outstanding() > 0)
        {
            total = isOver?.Invoke() == true ? Math.Min(total, asked) : total;
            long due = start + (asked * gap);
            for (; asked < total && due <= now; asked++, due += gap)
            {
                _outcome.Lateness.Record(now - due);
                Ask(producers[asked % producers.Length], due);
            }

            poll.Wait(asked < total ? Math.Clamp(due - LoadClock.Now, 0, 100_000_000) : 100_000_000);
            now = LoadClock.Now;
            Serve(poll, now);
            meter.Set(asked, 0);
            cancellation.ThrowIfCancellationRequested();
            if (now > start + (total * gap) + DrainNanosecondsMax)
            {
                throw new LoadException($"{Outstanding()} batches were not acknowledged or received 10 s after the end");
            }
        }

        foreach (ProduceLane producer in producers)
        {
            _outcome.Acknowledged.Add(producer.Waits);
        }

        _outcome.Took = TimeSpan.FromTicks((now - start) / 100);
        return _outcome;
    }

    private static void Ask(ProduceLane producer, long due)
    {
        if (!producer.HasRoom)
        {
            throw new LoadException("the broker is more than 16,384 batches behind");
        }

        producer.Ask(due);
        producer.Send();
    }

    private void StartConsumers()
    {
        for (int i = 0; i < consumers.Length; i++)
        {
            consumers[i].Ask(firstOffsets[i]);
            consumers[i].Send();
        }
    }

    private long Outstanding()
    {
        long outstanding = 0;
        for (int i = 0; i < producers.Length; i++)
        {
            outstanding += producers[i].Asked - producers[i].Acknowledged;
        }

        for (int i = 0; i < consumers.Length; i++)
        {
            outstanding += producers[i].Asked - _received[i];
        }

        return outstanding;
    }

    private void Serve(PollSet poll, long now)
    {
        for (int i = 0; i < producers.Length; i++)
        {
            if (poll.CanReceive(i))
            {
                producers[i].Receive(now);
            }

            producers[i].Send();
            poll.WatchForRoom(i, producers[i].IsBlocked);
        }

        for (int i = 0; i < consumers.Length; i++)
        {
            int entry = producers.Length + i;
            if (poll.CanReceive(entry) && consumers[i].Receive())
            {
                RecordReceived(i, now);
                consumers[i].Ask(consumers[i].Position);
            }

            if (consumers[i].IsBlocked)
            {
                consumers[i].Send();
            }

            poll.WatchForRoom(entry, consumers[i].IsBlocked);
        }
    }

    private void RecordReceived(int partition, long now)
    {
        long until = (consumers[partition].Position - firstOffsets[partition]) / recordsPerBatch;
        for (; _received[partition] < until; _received[partition]++)
        {
            _outcome.EndToEnd.Record(now - producers[partition].AskedAt(_received[partition]));
        }
    }
}
