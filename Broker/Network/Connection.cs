using System.Net.Sockets;
using KLog.Broker.Requests;
using KLog.Protocol;
using Microsoft.Extensions.Logging;

namespace KLog.Broker.Network;

/// <summary>
/// One client's connection: a single loop receives, starts every request that has arrived, sends the answers that are
/// ready, and receives again. Before it handles more than <see cref="YieldBytes"/> in a row it goes to the end of the thread
/// pool's queue, so that a client that always has data starves nobody, and so that the thread that polls the sockets,
/// where small requests are handled right away, never writes large batches to a disk that may make it wait.
/// </summary>
internal sealed class Connection : IDisposable
{
    private const int YieldBytes = 64 << 10;

    private readonly Socket _socket;
    private readonly FrameReader _frames;
    private readonly ResponseWriter _writer;
    private readonly ResponseQueue _responses;
    private readonly ILogger _log;
    private readonly TimeProvider _time;
    private readonly CancellationTokenSource _closed = new();
    private readonly Action<Memory<byte>> _dispatch;
    private readonly Func<bool> _isFull;
    private long _lastActive;
    private int _closing;

    public Connection(
        Socket socket,
        string id,
        string listenerName,
        int frameBytesMax,
        RequestMemory memory,
        RequestDispatcher dispatcher,
        TimeProvider time,
        ILogger log)
    {
        _socket = socket;
        _log = log;
        _time = time;
        _lastActive = time.GetTimestamp();
        Info = new ConnectionInfo(id, listenerName, (System.Net.IPEndPoint)socket.RemoteEndPoint!, _closed.Token);
        _frames = new FrameReader(socket, frameBytesMax, memory, _closed.Token);
        _writer = new ResponseWriter(socket);
        _responses = new ResponseQueue(_writer, Touch, Fail);
        _isFull = () => _responses.IsFull;
        _dispatch = frame => dispatcher.Dispatch(frame, Info, _responses);
    }

    public ConnectionInfo Info { get; }

    public TimeSpan Idle => _time.GetElapsedTime(Volatile.Read(ref _lastActive));

    /// <summary>Serves the client until either side closes. Never throws.</summary>
    public async Task ServeAsync()
    {
        try
        {
            int handled = 0;
            while (await _frames.ReceiveAsync())
            {
                Touch();
                if (handled + _frames.Arrived > YieldBytes)
                {
                    handled = 0;
                    await Task.Yield();
                }

                do
                {
                    handled += _frames.HandleFrames(_dispatch, _isFull);
                    await _responses.FlushAsync();
                }
                while (_frames.HasWholeFrame && Volatile.Read(ref _closing) == 0);
            }
        }
        catch (ProtocolViolationException e)
        {
            await TryAnswerEarlierAsync();
            Fail(e);
        }
        catch (Exception e)
        {
            Fail(e);
        }
        finally
        {
            Dispose();
        }
    }

    /// <summary>What came before a bad request and was done is answered, so that its client need not do it again.</summary>
    private async Task TryAnswerEarlierAsync()
    {
        try
        {
            await _responses.SendReadyAsync();
        }
        catch (Exception e) when (e is SocketException or IOException or ObjectDisposedException)
        {
            // The peer has gone: the violation tells more.
        }
    }

    /// <summary>
    /// Ends the connection, from any thread: both directions are shut down, which <see cref="ServeAsync"/> finds out, and
    /// whatever waits for this client is told.
    /// </summary>
    public void Close()
    {
        if (Interlocked.Exchange(ref _closing, 1) == 0)
        {
            _responses.Dispose();
            try
            {
                _closed.Cancel();
                _socket.Shutdown(SocketShutdown.Both);
            }
            catch (Exception e) when (e is SocketException or ObjectDisposedException)
            {
                // The peer was quicker, and ServeAsync may have given both back already.
            }
        }
    }

    /// <summary>Gives everything back; <see cref="ServeAsync"/> does it at its end.</summary>
    public void Dispose()
    {
        Close();
        _frames.Dispose();
        _writer.Dispose();
        _socket.Dispose();
        _closed.Dispose();
    }

    private void Touch() => Volatile.Write(ref _lastActive, _time.GetTimestamp());

    private void Fail(Exception e)
    {
        if (Volatile.Read(ref _closing) == 0)
        {
            switch (e)
            {
                case SocketException or ObjectDisposedException:
                    _log.LogDebug("connection {Id} broke: {Reason}", Info.Id, e.Message);
                    break;
                case ProtocolViolationException or IOException:
                    _log.LogWarning("connection {Id} is closed: {Reason}", Info.Id, e.Message);
                    break;
                default:
                    _log.LogError(e, "connection {Id} is closed: a request failed unexpectedly", Info.Id);
                    break;
            }
        }

        Close();
    }
}
