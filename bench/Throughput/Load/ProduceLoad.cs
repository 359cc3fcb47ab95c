using KLog.Bench.Throughput.Statistics;

namespace KLog.Bench.Throughput.Load;

/// <summary>
/// Closed loop: each connection keeps as many requests in flight as it may. One thread serves all connections, and hands
/// over in one call whatever became free in one connection, so that the broker has the machine.
/// </summary>
internal static class ProduceLoad
{
    private static readonly TimeSpan DrainTimeMax = TimeSpan.FromSeconds(60);

    internal static LoadOutcome Run(
        ProduceLane[] lanes, BatchTemplate batch, LoadLimit limit, LoadMeter meter, CancellationToken cancellation)
    {
        using PollSet poll = new([.. lanes.Select(lane => lane.Descriptor)]);
        long start = LoadClock.Now;
        long end = start + LoadClock.Nanoseconds(limit.Time);
        long requestsMax = limit.Bytes == long.MaxValue ? long.MaxValue : Math.Max(1, limit.Bytes / batch.Bytes.Length);
        long asked = 0;
        long acknowledged = 0;
        long now = start;
        for (bool first = true; ; first = false)
        {
            bool open = now < end && asked < requestsMax;
            if (!open && acknowledged == asked)
            {
                break;
            }

            if (now > end + LoadClock.Nanoseconds(DrainTimeMax))
            {
                throw new LoadException($"{asked - acknowledged} requests are still not answered {DrainTimeMax.TotalSeconds} s after the end");
            }

            for (int i = 0; i < lanes.Length; i++)
            {
                if (first || poll.CanReceive(i) || poll.CanSend(i))
                {
                    asked += Serve(lanes[i], now, poll.CanReceive(i), open ? requestsMax - asked : 0, ref acknowledged);
                    poll.WatchForRoom(i, lanes[i].IsBlocked);
                }
            }

            meter.Set(acknowledged, acknowledged * batch.Bytes.Length);
            cancellation.ThrowIfCancellationRequested();
            if (acknowledged < asked)
            {
                poll.Wait(100_000_000);
            }

            now = LoadClock.Now;
        }

        return new LoadOutcome(
            TimeSpan.FromTicks((now - start) / 100), acknowledged, acknowledged * batch.Records, acknowledged * batch.Bytes.Length);
    }

    internal static LatencyHistogram Waits(ProduceLane[] lanes)
    {
        LatencyHistogram all = new();
        foreach (ProduceLane lane in lanes)
        {
            all.Add(lane.Waits);
        }

        return all;
    }

    private static long Serve(ProduceLane lane, long now, bool receive, long askMax, ref long acknowledged)
    {
        if (receive)
        {
            acknowledged -= lane.Acknowledged;
            lane.Receive(now);
            acknowledged += lane.Acknowledged;
        }

        long asked = 0;
        for (; asked < askMax && lane.HasRoom; asked++)
        {
            lane.Ask(now);
        }

        lane.Send();
        return asked;
    }
}
