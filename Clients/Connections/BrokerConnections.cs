using KLog.Clients.Errors;

namespace KLog.Clients.Connections;

/// <summary>A client's connections: at most one a broker, opened on first use and again after it has ended.</summary>
public sealed class BrokerConnections(ClientOptions options, TimeProvider time) : IAsyncDisposable
{
    private readonly Lock _lock = new();
    private readonly Dictionary<BrokerAddress, Task<BrokerConnection>> _connections = [];
    private readonly CancellationTokenSource _disposed = new();

    /// <exception cref="BrokerUnreachableException">It cannot be reached now.</exception>
    public async Task<BrokerConnection> GetAsync(BrokerAddress address, CancellationToken cancellation)
    {
        Task<BrokerConnection>? connection;
        lock (_lock)
        {
            ObjectDisposedException.ThrowIf(_disposed.IsCancellationRequested, this);
            if (!_connections.TryGetValue(address, out connection) || HasEnded(connection))
            {
                connection = _connections[address] = ReplaceAsync(connection, address);
            }
        }

        try
        {
            return await connection.WaitAsync(cancellation);
        }
        catch (OperationCanceledException cancelled) when (cancelled.CancellationToken == cancellation)
        {
            throw new OperationCanceledException($"{address} is not connected yet", cancelled, cancellation);
        }
    }

    public async ValueTask DisposeAsync()
    {
        Task<BrokerConnection>[] connections;
        lock (_lock)
        {
            _disposed.Cancel();
            connections = [.. _connections.Values];
            _connections.Clear();
        }

        foreach (Task<BrokerConnection> connection in connections)
        {
            await EndAsync(connection);
        }

        _disposed.Dispose();
    }

    private static bool HasEnded(Task<BrokerConnection> connection) =>
        connection.IsCompleted && (!connection.IsCompletedSuccessfully || connection.Result.IsClosed);

    private async Task<BrokerConnection> ReplaceAsync(Task<BrokerConnection>? ended, BrokerAddress address)
    {
        if (ended is not null)
        {
            await EndAsync(ended);
        }

        return await BrokerConnection.OpenAsync(address, options, time, _disposed.Token);
    }

    private static async Task EndAsync(Task<BrokerConnection> connection)
    {
        try
        {
            await (await connection).DisposeAsync();
        }
        catch (Exception error) when (error is KafkaException or OperationCanceledException)
        {
            // It was never open; whoever asked for it was told.
        }
    }
}
