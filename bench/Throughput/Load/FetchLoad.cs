namespace KLog.Bench.Throughput.Load;

/// <summary>Closed loop: each connection reads its partition from the start to the end, over and over.</summary>
internal static class FetchLoad
{
    /// <param name="lanes">One a partition.</param>
    /// <param name="ends">The end offset of each lane's partition, above 0.</param>
    /// <param name="time">When no further request is sent.</param>
    /// <param name="meter">Is kept up to date.</param>
    /// <param name="cancellation">Ends the run at once.</param>
    internal static LoadOutcome Run(
        FetchLane[] lanes, long[] ends, TimeSpan time, LoadMeter meter, CancellationToken cancellation)
    {
        using PollSet poll = new([.. lanes.Select(lane => lane.Descriptor)]);
        long start = LoadClock.Now;
        long end = start + LoadClock.Nanoseconds(time);
        long requests = 0;
        long bytes = 0;
        int open = lanes.Length;
        foreach (FetchLane lane in lanes)
        {
            lane.Ask(0);
            lane.Send();
        }

        while (open > 0)
        {
            poll.Wait(100_000_000);
            cancellation.ThrowIfCancellationRequested();
            for (int i = 0; i < lanes.Length; i++)
            {
                FetchLane lane = lanes[i];
                long before = lane.BytesFetched;
                if (poll.CanReceive(i) && lane.Receive())
                {
                    requests++;
                    bytes += lane.BytesFetched - before;
                    if (LoadClock.Now >= end)
                    {
                        open--;
                        continue;
                    }

                    lane.Ask(lane.Position >= ends[i] ? 0 : lane.Position);
                    lane.Send();
                }
                else if (lane.IsBlocked)
                {
                    lane.Send();
                }

                poll.WatchForRoom(i, lane.IsBlocked);
            }

            meter.Set(requests, bytes);
        }

        TimeSpan took = TimeSpan.FromTicks((LoadClock.Now - start) / 100);
        return new LoadOutcome(took, requests, lanes.Sum(lane => lane.RecordsFetched), bytes);
    }
}
