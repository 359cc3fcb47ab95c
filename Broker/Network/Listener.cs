using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using KLog.Broker.Requests;
using Microsoft.Extensions.Logging;

namespace KLog.Broker.Network;

/// <summary>What a listener needs to know, in bytes and time.</summary>
internal sealed record ListenerOptions(
    string Name,
    IPEndPoint Address,
    int Backlog,
    int SendBufferBytes,
    int ReceiveBufferBytes,
    int FrameBytesMax,
    TimeSpan IdleMax);

/// <summary>
/// Accepts connections on one address, within the broker's limits, and closes those that have been idle for too long.
/// </summary>
internal sealed class Listener : IAsyncDisposable
{
    private readonly ListenerOptions _options;
    private readonly ConnectionLimits _limits;
    private readonly RequestMemory _memory;
    private readonly RequestDispatcher _dispatcher;
    private readonly TimeProvider _time;
    private readonly ILogger _log;
    private readonly Socket _socket;
    private readonly ConcurrentDictionary<Connection, Task> _connections = new();
    private readonly CancellationTokenSource _stop = new();
    private readonly List<Task> _loops = [];
    private long _refused;

    /// <exception cref="SocketException">The address cannot be listened on.</exception>
    public Listener(
        ListenerOptions options,
        ConnectionLimits limits,
        RequestMemory memory,
        RequestDispatcher dispatcher,
        TimeProvider time,
        ILogger log)
    {
        _options = options;
        _limits = limits;
        _memory = memory;
        _dispatcher = dispatcher;
        _time = time;
        _log = log;
        _socket = new Socket(options.Address.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
        if (options.Address.Address.Equals(IPAddress.IPv6Any))
        {
            _socket.DualMode = true;
        }

        _socket.Bind(options.Address);
        _socket.Listen(options.Backlog);
    }

    /// <summary>The address with the port that the system chose, where 0 was asked for.</summary>
    public IPEndPoint LocalAddress => (IPEndPoint)_socket.LocalEndPoint!;

    public string Name => _options.Name;

    public int ConnectionCount => _connections.Count;

    public void Start()
    {
        _loops.Add(AcceptAsync());
        _loops.Add(CloseIdleAsync());
    }

    /// <summary>Stops accepting, closes every connection and waits until their loops have ended.</summary>
    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        _socket.Dispose();
        await Task.WhenAll(_loops);
        foreach (Connection connection in _connections.Keys)
        {
            connection.Close();
        }

        await Task.WhenAll(_connections.Values);
        _stop.Dispose();
    }

    private async Task AcceptAsync()
    {
        for (long number = 0; !_stop.IsCancellationRequested; number++)
        {
            Socket socket;
            try
            {
                await _limits.WaitForRoomAsync(_stop.Token);
                socket = await _socket.AcceptAsync(_stop.Token);
            }
            catch (Exception e) when (e is OperationCanceledException or ObjectDisposedException)
            {
                return;
            }
            catch (SocketException e)
            {
                // Out of descriptors, or the peer gave up meanwhile: the next accept may well succeed.
                _log.LogWarning("listener {Name} could not accept a connection: {Reason}", _options.Name, e.Message);
                await Task.Delay(TimeSpan.FromMilliseconds(100), _time);
                continue;
            }

            Serve(socket, number);
        }
    }

    private void Serve(Socket socket, long number)
    {
        Connection connection;
        IPAddress? address = null;
        try
        {
            var remote = (IPEndPoint)socket.RemoteEndPoint!;
            if (!_limits.TryEnter(remote.Address))
            {
                Refuse(socket, remote.Address);
                return;
            }

            address = remote.Address;
            Tune(socket);
            string id = $"{socket.LocalEndPoint}-{remote}-{number}";
            connection = new Connection(
                socket, id, _options.Name, _options.FrameBytesMax, _memory, _dispatcher, _time, _log);
        }
        catch (SocketException)
        {
            // The peer has gone before it was served.
            socket.Dispose();
            if (address is not null)
            {
                _limits.Leave(address);
            }

            return;
        }

        var served = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        _connections[connection] = served.Task;
        ThreadPool.UnsafeQueueUserWorkItem(
            static async state =>
            {
                (Listener self, Connection connection, IPAddress address, TaskCompletionSource served) = state;
                await connection.ServeAsync();
                self._connections.TryRemove(connection, out _);
                self._limits.Leave(address);
                served.SetResult();
            },
            (this, connection, address, served),
            preferLocal: false);
    }

    private void Tune(Socket socket)
    {
        socket.NoDelay = true;
        if (_options.SendBufferBytes > 0)
        {
            socket.SendBufferSize = _options.SendBufferBytes;
        }

        if (_options.ReceiveBufferBytes > 0)
        {
            socket.ReceiveBufferSize = _options.ReceiveBufferBytes;
        }
    }

    private void Refuse(Socket socket, IPAddress address)
    {
        socket.Dispose();
        long refused = ++_refused;
        if (long.IsPow2(refused))
        {
            _log.LogWarning(
                "listener {Name} refused a connection from {Address}: it has max.connections.per.ip ({Count} refused so far)",
                _options.Name, address, refused);
        }
    }

    private async Task CloseIdleAsync()
    {
        if (_options.IdleMax <= TimeSpan.Zero)
        {
            return;
        }

        using var timer = new PeriodicTimer(
            TimeSpan.FromMilliseconds(Math.Clamp(_options.IdleMax.TotalMilliseconds / 4, 50, 10_000)), _time);
        try
        {
            while (await timer.WaitForNextTickAsync(_stop.Token))
            {
                foreach (Connection connection in _connections.Keys)
                {
                    if (connection.Idle > _options.IdleMax)
                    {
                        _log.LogDebug("connection {Id} was idle for connections.max.idle.ms", connection.Info.Id);
                        connection.Close();
                    }
                }
            }
        }
        catch (OperationCanceledException)
        {
            // The listener is closing.
        }
    }
}
