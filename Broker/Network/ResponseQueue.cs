using KLog.Broker.Requests;
using KLog.Protocol;
using KLog.Protocol.Wire;

namespace KLog.Broker.Network;

/// <summary>
/// The answers of one connection, sent in the order in which the requests came. An answer that is ready and first in
/// line is written straight into the outgoing buffer; one that must wait for an earlier one waits in a buffer of its
/// own. Nothing is sent before <see cref="FlushAsync"/>, so that the answers to pipelined requests leave together;
/// an answer that comes later, from another thread, is sent at once.
/// <para>
/// <c>_gate</c> guards everything here but the sending itself; one sender at a time sends (<c>_sending</c>), and
/// what is written meanwhile goes into the other of two buffers.
/// </para>
/// </summary>
public sealed class ResponseQueue : IDisposable
{
    private readonly Lock _gate = new();
    private readonly Queue<PendingResponse> _pending = new();
    private readonly ResponseWriter _writer;
    private readonly Action _onSent;
    private readonly Action<Exception> _fail;
    private WireWriter _outgoing = new(4096);
    private WireWriter _spare = new(4096);
    private bool _sending;
    private bool _disposed;
    private TaskCompletionSource? _room;

    /// <param name="onSent">Told that the peer has taken something, on any thread.</param>
    /// <param name="fail">Told of a handler's or the socket's exception, on any thread; closes the connection.</param>
    public ResponseQueue(ResponseWriter writer, Action onSent, Action<Exception> fail)
    {
        _writer = writer;
        _onSent = onSent;
        _fail = fail;
    }

    /// <summary>Answers that may wait in line, and bytes that may wait to be sent, before no more requests are read.</summary>
    public const int PendingMax = 128, OutgoingBytesMax = 1 << 20;

    /// <summary>No more requests are to be handled before <see cref="FlushAsync"/>: small ones can have large answers.</summary>
    public bool IsFull
    {
        get
        {
            lock (_gate)
            {
                return _pending.Count >= PendingMax || _outgoing.Position >= OutgoingBytesMax;
            }
        }
    }

    /// <summary>Puts an answer in that is ready.</summary>
    public void Answer<TResponse>(in RequestContext context, TResponse response)
        where TResponse : class, IMessage<TResponse>
    {
        lock (_gate)
        {
            if (_disposed)
            {
                Discard(context, response);
                return;
            }

            if (_pending.Count == 0)
            {
                ResponseFrame.Write(_outgoing, context, response);
                return;
            }

            var late = new PendingResponse();
            _pending.Enqueue(late);
            late.Frame = new WireWriter();
            ResponseFrame.Write(late.Frame, context, response);
            late.IsReady = true;
        }
    }

    /// <summary>Keeps a place in line for an answer that is still to come; null, when it comes, is no answer.</summary>
    public void Await<TResponse>(in RequestContext context, ValueTask<TResponse?> answer)
        where TResponse : class, IMessage<TResponse>
    {
        var place = new PendingResponse();
        lock (_gate)
        {
            _pending.Enqueue(place);
        }

        _ = FinishAsync(context, answer, place);
    }

    /// <summary>
    /// Sends what is ready, and waits where the peer reads too slowly: until it has taken enough, no more of its
    /// requests are read.
    /// </summary>
    public async ValueTask FlushAsync()
    {
        while (true)
        {
            await SendReadyAsync();
            Task? room = null;
            lock (_gate)
            {
                if (!_disposed && (_pending.Count >= PendingMax || _outgoing.Position >= OutgoingBytesMax))
                {
                    _room ??= new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
                    room = _room.Task;
                }
            }

            if (room is null)
            {
                return;
            }

            await room;
        }
    }

    /// <summary>Drops what was not sent, and wakes who waits for room. What is being sent is given back afterwards.</summary>
    public void Dispose()
    {
        lock (_gate)
        {
            if (_disposed)
            {
                return;
            }

            _disposed = true;
            foreach (PendingResponse place in _pending)
            {
                place.Drop();
            }

            _pending.Clear();
            ResponseWriter.Release(_outgoing);
            _outgoing.Dispose();
            if (!_sending)
            {
                _spare.Dispose();
            }

            _room?.TrySetResult();
        }
    }

    private async Task FinishAsync<TResponse>(
        RequestContext context, ValueTask<TResponse?> answer, PendingResponse place)
        where TResponse : class, IMessage<TResponse>
    {
        try
        {
            TResponse? response = await answer;
            lock (_gate)
            {
                if (_disposed)
                {
                    Discard(context, response);
                    return;
                }

                if (response is not null)
                {
                    place.Frame = new WireWriter();
                    ResponseFrame.Write(place.Frame, context, response);
                }

                place.IsReady = true;
                MoveReady();
            }

            await SendReadyAsync();
        }
        catch (Exception e)
        {
            _fail(e);
        }
    }

    /// <summary>An answer that has nowhere to go any more gives its file regions back.</summary>
    private static void Discard<TResponse>(in RequestContext context, TResponse? response)
        where TResponse : class, IMessage<TResponse>
    {
        if (response is not null)
        {
            using var frame = new WireWriter();
            ResponseFrame.Write(frame, context, response);
            ResponseWriter.Release(frame);
        }
    }

    /// <summary>Moves what is ready and first in line into the outgoing buffer, and wakes who waits for room.</summary>
    private void MoveReady()
    {
        while (_pending.TryPeek(out PendingResponse? first) && first.IsReady)
        {
            _pending.Dequeue();
            if (first.Frame is { } frame)
            {
                _outgoing.Append(frame);
                frame.Dispose();
            }
        }

        _room?.TrySetResult();
        _room = null;
    }

    /// <summary>Sends what is ready and first in line, unless another thread is sending already.</summary>
    public async ValueTask SendReadyAsync()
    {
        while (true)
        {
            WireWriter batch;
            lock (_gate)
            {
                if (_sending || _disposed || _outgoing.Length == 0)
                {
                    return;
                }

                _sending = true;
                batch = _outgoing;
                _outgoing = _spare;
            }

            try
            {
                await _writer.SendAsync(batch);
                _onSent();
            }
            finally
            {
                Sent(batch);
            }
        }
    }

    private void Sent(WireWriter batch)
    {
        ResponseWriter.Release(batch);
        batch.Reset();
        lock (_gate)
        {
            _sending = false;
            _spare = batch;
            if (_disposed)
            {
                _spare.Dispose();
                return;
            }

            MoveReady();
        }
    }

    private sealed class PendingResponse
    {
        public bool IsReady { get; set; }

        public WireWriter? Frame { get; set; }

        public void Drop()
        {
            if (Frame is { } frame)
            {
                ResponseWriter.Release(frame);
                frame.Dispose();
            }
        }
    }
}
