using System.Threading.Channels;
using KLog.Coordination.ZooKeeper.Wire;

namespace KLog.Coordination.ZooKeeper;

/// <summary>
/// All calls of a session that have no answer yet: those that wait to be sent, and those that were, each in their order. A
/// call is in here from <see cref="Add"/> until it is answered or failed, so that none is left without an end. Any thread.
/// </summary>
/// <remarks>
/// At most <see cref="MostInFlight"/> calls are on their way at a time: more than that a server does not read anyway
/// (zookeeper.globalOutstandingLimit), and then it would not read pings either.
/// </remarks>
internal sealed class CallQueue
{
    public const int MostInFlight = 1000;

    /// <summary>About what one write to the socket carries.</summary>
    private const int SendBytes = 64 * 1024;

    private readonly Lock _lock = new();
    private readonly Queue<ZooKeeperCall> _waiting = new();
    private readonly Queue<ZooKeeperCall> _sent = new();
    private readonly Channel<bool> _wake = Channel.CreateBounded<bool>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite });
    private (TreeError Error, string? Detail)? _closed;
    private int _xid;

    public void Add(ZooKeeperCall call)
    {
        lock (_lock)
        {
            if (_closed is null)
            {
                _waiting.Enqueue(call);
                Wake();
                return;
            }
        }

        call.Fail(_closed.Value.Error, _closed.Value.Detail);
    }

    /// <summary>Adds a call, and refuses all that come after it.</summary>
    public void AddLast(ZooKeeperCall call, TreeError error, string detail)
    {
        lock (_lock)
        {
            if (_closed is null)
            {
                _closed = (error, detail);
                _waiting.Enqueue(call);
                Wake();
                return;
            }
        }

        call.Fail(_closed.Value.Error, _closed.Value.Detail);
    }

    /// <summary>Moves calls from waiting to sent and puts their frames into the buffer, as far as there is room for them.</summary>
    public void TakeToSend(JuteWriter buffer)
    {
        lock (_lock)
        {
            while (buffer.Length < SendBytes && _sent.Count < MostInFlight && _waiting.TryDequeue(out ZooKeeperCall? call))
            {
                call.Xid = _xid = _xid == int.MaxValue ? 1 : _xid + 1;
                RequestFrame.SetXid(call.Frame, call.Xid);
                buffer.Raw(call.Frame);
                _sent.Enqueue(call);
            }
        }
    }

    /// <summary>Returns when there may be something to send.</summary>
    public ValueTask<bool> WaitAsync(CancellationToken cancellation) => _wake.Reader.ReadAsync(cancellation);

    /// <summary>Makes the one that waits look again.</summary>
    public void Wake() => _wake.Writer.TryWrite(true);

    /// <summary>Takes the call out that an answer belongs to, which is the oldest; null when it is not.</summary>
    public ZooKeeperCall? TakeAnswered(int xid)
    {
        lock (_lock)
        {
            if (!_sent.TryPeek(out ZooKeeperCall? oldest) || oldest.Xid != xid)
            {
                return null;
            }

            _sent.Dequeue();
            if (_sent.Count == MostInFlight / 2 && _waiting.Count > 0)
            {
                // The sender sleeps since there was no room. It is woken for many calls at a time, not for each.
                Wake();
            }

            return oldest;
        }
    }

    /// <summary>Fails all calls there are.</summary>
    public void FailAll(TreeError error, string? detail)
    {
        foreach (ZooKeeperCall call in Drain(null))
        {
            call.Fail(error, detail);
        }
    }

    /// <summary>Fails all calls there are, and every one that comes.</summary>
    public void Close(TreeError error, string? detail)
    {
        foreach (ZooKeeperCall call in Drain((error, detail)))
        {
            call.Fail(error, detail);
        }
    }

    private List<ZooKeeperCall> Drain((TreeError Error, string? Detail)? closed)
    {
        lock (_lock)
        {
            List<ZooKeeperCall> all = [.. _sent, .. _waiting];
            _sent.Clear();
            _waiting.Clear();
            _closed ??= closed;
            return all;
        }
    }
}
