using KLog.Coordination.ZooKeeper.Wire;
using Microsoft.Extensions.Logging;

namespace KLog.Coordination.ZooKeeper;

/// <summary>
/// Keeps a session over one connection after the other, until it expires or is closed. Holds its calls, its watches and its
/// state; a call that is added always ends: answered, with ConnectionLoss when the connection goes first or no server can be
/// reached, or with SessionExpired.
/// </summary>
internal sealed class ZooKeeperSession : IAsyncDisposable
{
    private static readonly TimeSpan MostGoodbye = TimeSpan.FromSeconds(5);

    private readonly ZooKeeperOptions _options;
    private readonly IZooKeeperTransport _transport;
    private readonly TimeProvider _time;
    private readonly ILogger _log;
    private readonly ServerRounds _servers;
    private readonly Chroot _chroot;
    private readonly CallQueue _calls = new();
    private readonly WatchRegistry _watches = new();
    private readonly EventQueue _events = new();
    private readonly TaskCompletionSource _firstConnection = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly CancellationTokenSource _stop = new();
    private readonly Lock _ending = new();
    private readonly Task _run;
    private Task? _closed;
    private volatile bool _isClosing;
    private volatile SessionState _state = SessionState.Disconnected;

    public ZooKeeperSession(ZooKeeperOptions options, IZooKeeperTransport transport, TimeProvider time, Random random, ILogger log)
    {
        _options = options;
        _transport = transport;
        _time = time;
        _log = log;
        _servers = new ServerRounds(options.Servers.Servers, random);
        _chroot = new Chroot(options.Servers.Chroot);
        Identity = new SessionIdentity(options.SessionTimeout);
        _run = Task.Run(RunAsync);
    }

    public event Action<SessionState>? StateChanged;

    public SessionIdentity Identity { get; }

    public SessionState State => _state;

    /// <summary>Done when there is a session; fails when the server refuses the credentials, or the session is closed before.</summary>
    public Task FirstConnection => _firstConnection.Task;

    /// <summary>Why there is no connection; null while there is one.</summary>
    public string? LastFailure { get; private set; }

    public void Add(ZooKeeperCall call) => _calls.Add(call);

    /// <summary>
    /// Ends the session. Calls made before are sent, and answered, first; those made after it are refused. Without a
    /// connection the server ends the session when its time is over.
    /// </summary>
    public ValueTask DisposeAsync()
    {
        lock (_ending)
        {
            return new ValueTask(_closed ??= GoodbyeAsync());
        }
    }

    private async Task GoodbyeAsync()
    {
        await Task.Yield();
        var goodbye = new ZooKeeperCall<bool>("/", RequestFrame.Of(OpCode.CloseSession), static (ref JuteReader _) => true);
        _isClosing = true;
        _calls.AddLast(goodbye, TreeError.SessionExpired, "the session is closed");
        if (_state == SessionState.Connected)
        {
            try
            {
                await goodbye.Answered.WaitAsync(MostGoodbye, _time);
            }
            catch (Exception e) when (e is TreeException or TimeoutException)
            {
                _log.LogInformation("ZooKeeper was not told that session 0x{Session:x} is over: {Reason}", Identity.Id, e.Message);
            }
        }

        await _stop.CancelAsync();
        await _run;
        End(SessionState.Closed, "the session is closed");
        _events.Close();
        _stop.Dispose();
    }

    private async Task RunAsync()
    {
        while (!_isClosing)
        {
            ServerAddress server = _servers.Next();
            try
            {
                await ConnectAndRunAsync(server);
            }
            catch (SessionGoneException e)
            {
                End(SessionState.Expired, e.Message);
                return;
            }
            catch (LoginRefusedException e) when (!_firstConnection.Task.IsCompletedSuccessfully)
            {
                _firstConnection.TrySetException(new TreeException(TreeError.AuthFailed, "/", detail: e.Message, inner: e));
                Lost(server, e);
                return;
            }
            catch (Exception e)
            {
                // Whatever it was: a loop that ended here would leave calls without an answer.
                Lost(server, e);
            }

            await PauseAsync();
        }
    }

    private async Task ConnectAndRunAsync(ServerAddress server)
    {
        (Stream stream, PacketReader packets) = await EstablishAsync(server);
        await using (stream)
        {
            var connection = new ZooKeeperConnection(stream, packets, _calls, Identity, LeaveWatch, SetOff, _time);
            byte[][] first = [.. _watches.SetWatches(Identity.LastZxid, _chroot.ToServer)];
            Connected(server);
            await connection.RunAsync(first, _stop.Token);
        }
    }

    /// <summary>A server gets its share of two thirds of the time-out, so that each of them can be tried within it.</summary>
    private async Task<(Stream Stream, PacketReader Packets)> EstablishAsync(ServerAddress server)
    {
        TimeSpan patience = Identity.RequestedTimeout * 2 / 3 / _servers.Count;
        using var limit = new CancellationTokenSource(patience, _time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, _stop.Token);
        Stream? stream = null;
        try
        {
            stream = await _transport.ConnectAsync(server, either.Token);
            var packets = new PacketReader(stream, _options.MaxBufferBytes);
            await SessionHandshake.RunAsync(stream, packets, Identity, _options.Sasl, either.Token);
            return (stream, packets);
        }
        catch (Exception e)
        {
            if (stream is not null)
            {
                await stream.DisposeAsync();
            }

            if (e is OperationCanceledException && limit.IsCancellationRequested)
            {
                throw new IOException($"no answer within {patience.TotalMilliseconds:F0} ms", e);
            }

            throw;
        }
    }

    private void Connected(ServerAddress server)
    {
        _servers.Connected();
        LastFailure = null;
        _log.LogInformation("ZooKeeper session 0x{Session:x} is connected to {Server}, with a time-out of {Timeout} ms", Identity.Id, server, Identity.Timeout.TotalMilliseconds);
        Become(SessionState.Connected);
        _firstConnection.TrySetResult();
    }

    /// <summary>The state comes first: who is told of a lost call may look at it.</summary>
    private void Lost(ServerAddress server, Exception reason)
    {
        bool wasConnected = _state == SessionState.Connected;
        LastFailure = $"{server}: {reason.Message}";
        if (!_isClosing)
        {
            _log.LogWarning("no connection to ZooKeeper {Server}: {Reason}", server, reason.Message);
        }

        if (wasConnected && !_stop.IsCancellationRequested)
        {
            Become(SessionState.Disconnected);
        }

        if (_servers.Failed() || wasConnected)
        {
            _calls.FailAll(TreeError.ConnectionLoss, LastFailure);
        }
    }

    private async Task PauseAsync()
    {
        try
        {
            await Task.Delay(_servers.Delay(), _time, _stop.Token);
        }
        catch (OperationCanceledException)
        {
            // Closed: the loop sees it.
        }
    }

    private void Become(SessionState state)
    {
        if (_state != state)
        {
            _state = state;
            _events.Enqueue(() => StateChanged?.Invoke(state));
        }
    }

    /// <summary>Once, and for good: an expired session that is closed stays expired.</summary>
    private void End(SessionState state, string reason)
    {
        if (_state is SessionState.Expired or SessionState.Closed)
        {
            return;
        }

        _log.LogInformation("ZooKeeper session 0x{Session:x} is over: {Reason}", Identity.Id, reason);
        Become(state);
        _watches.Clear();
        _calls.Close(TreeError.SessionExpired, reason);
        _firstConnection.TrySetException(new TreeException(TreeError.SessionExpired, "/", detail: reason));
    }

    private void LeaveWatch(ZooKeeperCall call, TreeError error)
    {
        if (call.Watch is { } watch && watch.KindAfter(error) is { } kind)
        {
            _watches.Add(kind, call.Path, watch.Call);
        }
    }

    private void SetOff(WatchEventType type, string serverPath)
    {
        if (!_chroot.Contains(serverPath))
        {
            throw new InvalidDataException($"an event for '{serverPath}', which this session does not watch");
        }

        var happened = new WatchEvent(type, _chroot.ToClient(serverPath));
        foreach (Action<WatchEvent> watch in _watches.SetOff(happened))
        {
            _events.Enqueue(() => watch(happened));
        }
    }
}
