using System.Net.Sockets;
using KLog.Clients.Errors;
using KLog.Protocol;
using KLog.Protocol.Wire;

namespace KLog.Clients.Connections;

/// <summary>
/// One connection to one broker. Requests are sent as they come, without waiting for earlier answers, and the broker
/// answers them in order. Safe for several threads. A request that is not answered in time ends the connection with all
/// that waits on it, because what was sent behind it would wait for as long.
/// Authentication (SASL) has its place in <see cref="OpenAsync"/>, behind the versions.
/// </summary>
public sealed class BrokerConnection : IAsyncDisposable
{
    private readonly FrameStream _frames;
    private readonly ClientOptions _options;
    private readonly TimeProvider _time;
    private readonly InFlightRequests _inFlight = new();
    private readonly SemaphoreSlim _writing = new(1);
    private readonly CancellationTokenSource _closing = new();
    private readonly Task _reading;

    private BrokerConnection(BrokerAddress address, FrameStream frames, ApiVersionTable versions, ClientOptions options, TimeProvider time)
    {
        Address = address;
        Versions = versions;
        _frames = frames;
        _options = options;
        _time = time;
        _reading = ReadAsync();
    }

    public BrokerAddress Address { get; }

    public ApiVersionTable Versions { get; }

    /// <summary>It has ended, and takes no more requests.</summary>
    public bool IsClosed => _inFlight.HasFailed;

    /// <summary>Connects and learns the broker's versions.</summary>
    /// <exception cref="BrokerUnreachableException">There is no broker there, or it took too long.</exception>
    public static async Task<BrokerConnection> OpenAsync(
        BrokerAddress address, ClientOptions options, TimeProvider time, CancellationToken cancellation)
    {
        using CancellationTokenSource limit = new(options.ConnectTimeout, time);
        using CancellationTokenSource both = CancellationTokenSource.CreateLinkedTokenSource(cancellation, limit.Token);
        FrameStream? frames = null;
        try
        {
            frames = new FrameStream(await options.Transport.ConnectAsync(address, both.Token), options.ClientId);
            ApiVersionTable versions = await ApiVersionNegotiation.RunAsync(frames, address, both.Token);
            return new BrokerConnection(address, frames, versions, options, time);
        }
        catch (Exception error)
        {
            if (frames is not null)
            {
                await frames.DisposeAsync();
            }

            cancellation.ThrowIfCancellationRequested();
            throw error is OperationCanceledException
                ? new BrokerUnreachableException($"{address}", $"no connection within {options.ConnectTimeout.TotalMilliseconds:0} ms", error)
                : Failure(address, error);
        }
    }

    /// <summary>Sends a request in the greatest version that both sides know.</summary>
    /// <inheritdoc cref="SendAsync{TRequest, TResponse}(IRequest{TRequest, TResponse}, short, CancellationToken)"/>
    public Task<TResponse> SendAsync<TRequest, TResponse>(IRequest<TRequest, TResponse> request, CancellationToken cancellation)
        where TRequest : IRequest<TRequest, TResponse>
        where TResponse : IMessage<TResponse> =>
        SendAsync(request, Versions.Choose<TRequest>(), cancellation);

    /// <summary>Sends a request and waits for its answer. A caller that gives up leaves the connection as it is.</summary>
    /// <exception cref="BrokerUnreachableException">The connection ended.</exception>
    /// <exception cref="RequestTimeoutException">There was no answer in time.</exception>
    /// <exception cref="InvalidResponseException">The answer makes no sense.</exception>
    public async Task<TResponse> SendAsync<TRequest, TResponse>(
        IRequest<TRequest, TResponse> request, short version, CancellationToken cancellation)
        where TRequest : IRequest<TRequest, TResponse>
        where TResponse : IMessage<TResponse>
    {
        Task<TResponse> answered = ExchangeAsync(request, version);
        try
        {
            return await answered.WaitAsync(_options.RequestTimeout, _time, cancellation);
        }
        catch (TimeoutException)
        {
            RequestTimeoutException timeout = new(Address, TRequest.ApiKey, _options.RequestTimeout);
            Close(timeout);
            throw timeout;
        }
        catch (OperationCanceledException cancelled) when (cancelled.CancellationToken == cancellation)
        {
            throw new OperationCanceledException($"{Address} has not answered {TRequest.ApiKey}", cancelled, cancellation);
        }
    }

    public async ValueTask DisposeAsync()
    {
        Close(new BrokerUnreachableException($"{Address}", "the connection was closed here"));
        await _reading;
        await _frames.DisposeAsync();
        _writing.Dispose();
        _closing.Dispose();
    }

    private async Task<TResponse> ExchangeAsync<TRequest, TResponse>(IRequest<TRequest, TResponse> request, short version)
        where TRequest : IRequest<TRequest, TResponse>
        where TResponse : IMessage<TResponse>
    {
        PendingResponse<TResponse> pending = new(version);
        int id = _inFlight.Add(pending);
        try
        {
            // Never given up half-way by a caller: half a frame would spoil the connection for all.
            await _writing.WaitAsync(_closing.Token);
            try
            {
                await _frames.WriteAsync(request, version, id, _closing.Token);
            }
            finally
            {
                _writing.Release();
            }
        }
        catch (InvalidOperationException error) when (error is not ObjectDisposedException)
        {
            // The message cannot be written in that version: nothing was sent, and nothing will be answered.
            _inFlight.Take(id);
            throw;
        }
        catch (Exception error) when (error is IOException or SocketException or OperationCanceledException or ObjectDisposedException)
        {
            Close(Failure(Address, error));
        }

        return await pending.Answered;
    }

    private async Task ReadAsync()
    {
        await Task.Yield();
        try
        {
            while (true)
            {
                byte[] frame = await _frames.ReadAsync(_closing.Token);
                PendingResponse pending = _inFlight.Take(FrameStream.CorrelationId(frame))
                    ?? throw new ProtocolViolationException("there came a response to a request that was not sent");
                Complete(pending, frame);
            }
        }
        catch (Exception error)
        {
            // The edge of the connection: whatever ended it is told to all that wait.
            Close(Failure(Address, error));
        }
    }

    private void Complete(PendingResponse pending, byte[] frame)
    {
        try
        {
            pending.Complete(frame);
        }
        catch (ProtocolViolationException error)
        {
            pending.Fail(Failure(Address, error));
            throw;
        }
    }

    private void Close(Exception reason)
    {
        _inFlight.Fail(reason);
        try
        {
            _closing.Cancel();
        }
        catch (ObjectDisposedException)
        {
            // Closed before.
        }
    }

    private static Exception Failure(BrokerAddress address, Exception error) => error switch
    {
        KafkaException => error,
        ProtocolViolationException => new InvalidResponseException(address, error.Message, error),
        EndOfStreamException => new BrokerUnreachableException($"{address}", "the broker closed the connection", error),
        SocketException { SocketErrorCode: SocketError.ConnectionRefused } =>
            new BrokerUnreachableException($"{address}", "connection refused", error),
        IOException { InnerException: SocketException inner } => new BrokerUnreachableException($"{address}", inner.Message, error),
        _ => new BrokerUnreachableException($"{address}", error.Message, error),
    };
}
