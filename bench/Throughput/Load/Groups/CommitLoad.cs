using KLog.Bench.Throughput.Statistics;

namespace KLog.Bench.Throughput.Load.Groups;

/// <summary>Closed loop: each group's connection has one commit in flight. One thread serves them all.</summary>
internal static class CommitLoad
{
    private const long WaitMax = 100_000_000;
    private static readonly TimeSpan DrainTimeMax = TimeSpan.FromSeconds(30);

    /// <summary>The waits are from each request to its acknowledgement, in nanoseconds.</summary>
    internal static LoadOutcome Run(
        CommitLane[] lanes, TimeSpan time, LatencyHistogram waits, LoadMeter meter, CancellationToken cancellation)
    {
        using PollSet poll = new([.. lanes.Select(lane => lane.Descriptor)]);
        long start = LoadClock.Now;
        long end = start + LoadClock.Nanoseconds(time);
        foreach (CommitLane lane in lanes)
        {
            lane.Ask(start);
        }

        long now = start;
        for (int open = lanes.Length; open > 0;)
        {
            poll.Wait(WaitMax);
            now = LoadClock.Now;
            for (int i = 0; i < lanes.Length; i++)
            {
                if (poll.CanReceive(i) && lanes[i].Receive(now, waits))
                {
                    if (now < end)
                    {
                        lanes[i].Ask(now);
                    }
                    else
                    {
                        open--;
                    }
                }
            }

            meter.Set(waits.Count, 0);
            cancellation.ThrowIfCancellationRequested();
            if (now > end + LoadClock.Nanoseconds(DrainTimeMax))
            {
                throw new LoadException($"{open} commits are not answered {DrainTimeMax.TotalSeconds} s after the end");
            }
        }

        return new LoadOutcome(TimeSpan.FromTicks((now - start) / 100), waits.Count, waits.Count, 0);
    }
}
