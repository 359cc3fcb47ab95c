namespace KLog.Bench.Throughput.Load;

/// <summary>
/// One connection that reads a partition once, from its start to its end, on a thread of its own: beside an open loop,
/// whose clock it must not hold up.
/// </summary>
internal sealed class Replay : IDisposable
{
    private const int PollWaitMs = 100;
    private const int ResponseBytes = 1 << 20;
    private readonly FetchLane _lane;
    private readonly long _end;
    private readonly CancellationTokenSource _stop;
    private readonly Thread _thread;
    private Exception? _failure;
    private long _took;

    /// <param name="topic">Its partition 0 is read.</param>
    /// <param name="batch">What the partition holds copies of.</param>
    /// <param name="cancellation">Ends it early.</param>
    internal Replay(BenchTopic topic, BatchTemplate batch, CancellationToken cancellation)
    {
        _end = topic.EndOffsets()[0];
        _lane = new FetchLane(topic.Leaders[0], topic.Name, 0, PollWaitMs, ResponseBytes, batch);
        _stop = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        _thread = new Thread(Run);
        _thread.Start();
    }

    /// <summary>Whether it has come to the end, or failed.</summary>
    internal bool HasEnded => !_thread.IsAlive;

    /// <summary>Ends it if it is not at its end, and answers how fast it read.</summary>
    internal double StopAndRate()
    {
        Stop();
        return _failure is null ? _lane.BytesFetched / (_took / 1e9) / (1 << 20) : throw new LoadException($"the replay broke: {_failure.Message}");
    }

    public void Dispose()
    {
        Stop();
        _lane.Dispose();
        _stop.Dispose();
    }

    private void Stop()
    {
        _stop.Cancel();
        _thread.Join();
    }

    private void Run()
    {
        long start = LoadClock.Now;
        try
        {
            using PollSet poll = new([_lane.Descriptor]);
            _lane.Ask(0);
            while (_lane.Position < _end && !_stop.IsCancellationRequested)
            {
                if (_lane.IsBlocked)
                {
                    _lane.Send();
                }

                poll.WatchForRoom(0, _lane.IsBlocked);
                poll.Wait(100_000_000);
                if (poll.CanReceive(0) && _lane.Receive())
                {
                    _lane.Ask(_lane.Position);
                }
            }
        }
        catch (LoadException e)
        {
            _failure = e;
        }

        _took = LoadClock.Now - start;
    }
}
