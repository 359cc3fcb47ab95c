using KLog.Coordination.ZooKeeper.Wire;

namespace KLog.Coordination.ZooKeeper;

/// <summary>
/// One established connection: a loop that sends calls, one that takes answers and events, and one that keeps it alive.
/// When one ends, all do, and the connection is over; what the calls that were sent are told is the session's matter.
/// </summary>
internal sealed class ZooKeeperConnection(
    Stream stream,
    PacketReader packets,
    CallQueue calls,
    SessionIdentity session,
    Action<ZooKeeperCall, TreeError> beforeAnswer,
    Action<WatchEventType, string> onEvent,
    TimeProvider time)
{
    private static readonly byte[] Ping = RequestFrame.Of(OpCode.Ping, xid: SpecialXid.Ping);
    private static readonly TimeSpan MostIdle = TimeSpan.FromSeconds(10);

    private long _lastSent = time.GetTimestamp();
    private long _lastHeard = time.GetTimestamp();
    private volatile bool _pingIsDue;

    /// <summary>
    /// Runs until the connection ends, and throws why. The first frames go before all calls. Cancelling ends it, too.
    /// </summary>
    public async Task RunAsync(IReadOnlyList<byte[]> first, CancellationToken cancellation)
    {
        using var ending = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        Task[] loops = [ReceiveAsync(ending.Token), SendAsync(first, ending.Token), KeepAliveAsync(ending.Token)];
        Task ended = await Task.WhenAny(loops);
        await ending.CancelAsync();
        await stream.DisposeAsync();
        await Task.WhenAll(loops).ContinueWith(_ => { }, TaskScheduler.Default);
        await ended;
    }

    private async Task SendAsync(IReadOnlyList<byte[]> first, CancellationToken cancellation)
    {
        foreach (byte[] frame in first)
        {
            await stream.WriteAsync(frame, cancellation);
        }

        await stream.FlushAsync(cancellation);
        var buffer = new JuteWriter();
        while (true)
        {
            buffer.Clear();
            if (_pingIsDue)
            {
                _pingIsDue = false;
                buffer.Raw(Ping);
            }

            calls.TakeToSend(buffer);
            if (buffer.Length == 0)
            {
                await calls.WaitAsync(cancellation);
                continue;
            }

            Volatile.Write(ref _lastSent, time.GetTimestamp());
            await stream.WriteAsync(buffer.Written, cancellation);
            await stream.FlushAsync(cancellation);
        }
    }

    private async Task ReceiveAsync(CancellationToken cancellation)
    {
        while (true)
        {
            Packet packet = await packets.ReadAsync(cancellation);
            Volatile.Write(ref _lastHeard, time.GetTimestamp());
            Handle(packet);
        }
    }

    private void Handle(Packet packet)
    {
        var reader = new JuteReader(packet.Bytes.Span);
        AnswerHeader header = AnswerHeader.Read(ref reader);
        switch (header.Xid)
        {
            case SpecialXid.Ping:
                return;
            case SpecialXid.SetWatches:
                if (header.Error != TreeError.Ok)
                {
                    throw new IOException($"the server does not take the watches: {header.Error}");
                }

                return;
            case SpecialXid.WatchEvent:
                // | type i32 | state of the session i32 | path |
                var type = (WatchEventType)reader.Int32();
                reader.Int32();
                onEvent(type, reader.Text());
                return;
            default:
                HandleAnswer(packet, header, ref reader);
                return;
        }
    }

    private void HandleAnswer(Packet packet, AnswerHeader header, ref JuteReader body)
    {
        ZooKeeperCall call = calls.TakeAnswered(header.Xid) ?? throw new InvalidDataException($"an answer with xid {header.Xid}, which is not the next");
        if (header.Zxid > 0)
        {
            session.LastZxid = header.Zxid;
        }

        beforeAnswer(call, header.Error);
        if (packet.IsWhole)
        {
            call.Answer(header.Error, ref body);
        }
        else
        {
            call.Fail(TreeError.MarshallingError, $"the answer has {packet.Length} bytes, more than jute.maxbuffer allows");
        }
    }

    /// <summary>A third of the time-out without a word: a ping. Two thirds without hearing one: the server is given up.</summary>
    private async Task KeepAliveAsync(CancellationToken cancellation)
    {
        TimeSpan third = session.Timeout / 3;
        TimeSpan idle = third < MostIdle ? third : MostIdle;
        while (true)
        {
            TimeSpan silent = time.GetElapsedTime(Volatile.Read(ref _lastHeard));
            if (silent >= 2 * third)
            {
                throw new IOException($"nothing heard from the server for {silent.TotalMilliseconds:F0} ms");
            }

            TimeSpan quiet = time.GetElapsedTime(Volatile.Read(ref _lastSent));
            if (quiet >= idle)
            {
                _pingIsDue = true;
                calls.Wake();
                quiet = TimeSpan.Zero;
            }

            TimeSpan next = Shorter(idle - quiet, (2 * third) - silent);
            await Task.Delay(next > TimeSpan.FromMilliseconds(1) ? next : TimeSpan.FromMilliseconds(1), time, cancellation);
        }
    }

    private static TimeSpan Shorter(TimeSpan a, TimeSpan b) => a < b ? a : b;
}
