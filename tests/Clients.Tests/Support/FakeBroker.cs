using System.Buffers.Binary;
using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using KLog.Protocol;
using KLog.Protocol.Messages;
using KLog.Protocol.Wire;

namespace KLog.Clients.Tests.Support;

/// <summary>What a fake broker does instead of answering one request.</summary>
internal enum Fault
{
    Close,
    CloseMidResponse,
    NeverAnswer,

    /// <summary>An answer to a request that was not sent.</summary>
    WrongCorrelationId,

    /// <summary>Bytes behind the end of the answer.</summary>
    TooLong,

    /// <summary>What a TLS listener sends to a client that speaks in the clear.</summary>
    TlsAlert,
}

/// <summary>
/// A broker in the test's process that knows just the requests it is told the answers of, in the versions it is told, and
/// writes down what it was asked. Answers leave in the order of the requests.
/// </summary>
internal sealed class FakeBroker : IAsyncDisposable
{
    private delegate void AnswerWriter(byte[] frame, RequestHeader header, WireWriter writer);

    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _stop = new();
    private readonly ConcurrentDictionary<ApiKey, (VersionRange Versions, AnswerWriter Write)> _answers = new();
    private readonly ConcurrentQueue<(ApiKey Api, Fault Fault)> _faults = new();
    private readonly Task _accepting;

    public FakeBroker(int id = 0)
    {
        Id = id;
        _listener.Start();
        Address = new BrokerAddress("127.0.0.1", ((IPEndPoint)_listener.LocalEndpoint).Port);
        ApiVersionsMax = ApiVersionsRequest.Versions.Max;
        _accepting = AcceptAsync();
    }

    public int Id { get; }

    public BrokerAddress Address { get; }

    /// <summary>Beyond it ApiVersions is refused, as KIP-511 says.</summary>
    public short ApiVersionsMax { get; set; }

    /// <summary>Whether the refusal tells the range, as brokers since 2.4 do.</summary>
    public bool RefusalTellsVersions { get; set; } = true;

    /// <summary>Answers are held back until so many requests have come.</summary>
    public int HeldBack { get; set; }

    public ConcurrentQueue<(ApiKey Api, short Version, object Request)> Received { get; } = new();

    public int Connections { get; private set; }

    public FakeBroker On<TRequest, TResponse>(Func<TRequest, TResponse> answer, short max = short.MaxValue, short min = 0)
        where TRequest : class, IRequest<TRequest, TResponse>
        where TResponse : IMessage<TResponse>
    {
        VersionRange versions = new(Math.Max(min, TRequest.Versions.Min), Math.Min(max, TRequest.Versions.Max));
        _answers[TRequest.ApiKey] = (versions, (frame, header, writer) =>
        {
            WireReader reader = new(frame);
            RequestHeader.Read(ref reader, RequestHeader.VersionOf<TRequest>(header.ApiVersion));
            TRequest request = TRequest.Read(ref reader, header.ApiVersion);
            Received.Enqueue((header.ApiKey, header.ApiVersion, request));
            new ResponseHeader(header.CorrelationId).Write(writer, ResponseHeader.VersionOf<TResponse>(header.ApiVersion));
            answer(request).Write(writer, header.ApiVersion);
        });
        return this;
    }

    /// <summary>The next request of that kind gets that instead of an answer.</summary>
    public void Next(ApiKey api, Fault fault) => _faults.Enqueue((api, fault));

    public IEnumerable<TRequest> Requests<TRequest>() => Received.Select(each => each.Request).OfType<TRequest>();

    public async ValueTask DisposeAsync()
    {
        if (_accepting.IsCompleted)
        {
            return; // A test has stopped it before.
        }

        await _stop.CancelAsync();
        _listener.Stop();
        await _accepting;
        _stop.Dispose();
        _listener.Dispose();
    }

    private async Task AcceptAsync()
    {
        List<Task> served = [];
        try
        {
            while (true)
            {
                Socket socket = await _listener.AcceptSocketAsync(_stop.Token);
                Connections++;
                served.Add(ServeAsync(socket));
            }
        }
        catch (Exception error) when (error is OperationCanceledException or SocketException or ObjectDisposedException)
        {
            await Task.WhenAll(served);
        }
    }

    private async Task ServeAsync(Socket socket)
    {
        await using NetworkStream stream = new(socket, ownsSocket: true);
        List<byte[]> held = [];
        try
        {
            while (true)
            {
                byte[] size = new byte[4];
                await stream.ReadExactlyAsync(size, _stop.Token);
                byte[] frame = new byte[BinaryPrimitives.ReadInt32BigEndian(size)];
                await stream.ReadExactlyAsync(frame, _stop.Token);
                if (Answer(frame, out bool closes) is { } answer)
                {
                    held.Add(answer);
                }

                if (held.Count >= HeldBack || IsApiVersions(frame))
                {
                    await stream.WriteAsync(held.SelectMany(each => each).ToArray(), _stop.Token);
                    held.Clear();
                }

                if (closes)
                {
                    return;
                }
            }
        }
        catch (Exception error) when (error is IOException or OperationCanceledException)
        {
            // The client has gone, or the test is over.
        }
    }

    private byte[]? Answer(byte[] frame, out bool closes)
    {
        WireReader reader = new(frame);
        RequestHeader header = RequestHeader.ReadFixed(ref reader);
        using WireWriter writer = new();
        writer.WriteInt32(0);
        if (header.ApiKey == ApiKey.ApiVersions)
        {
            WriteVersions(header, writer);
        }
        else if (_answers.TryGetValue(header.ApiKey, out var known) && known.Versions.Contains(header.ApiVersion))
        {
            known.Write(frame, header, writer);
        }
        else
        {
            throw new InvalidOperationException($"the fake broker was asked {header}");
        }

        Fault? fault = _faults.TryPeek(out (ApiKey Api, Fault Fault) next) && next.Api == header.ApiKey && _faults.TryDequeue(out next) ? next.Fault : null;
        closes = fault is Fault.Close or Fault.CloseMidResponse or Fault.TlsAlert;
        if (fault == Fault.TooLong)
        {
            writer.WriteInt64(0);
        }
        else if (fault == Fault.WrongCorrelationId)
        {
            writer.PatchInt32(4, -7);
        }

        writer.PatchInt32(0, writer.Position - 4);
        byte[] answer = writer.Written.ToArray();
        return fault switch
        {
            Fault.Close or Fault.NeverAnswer => null,
            Fault.CloseMidResponse => answer[..(answer.Length / 2)],
            Fault.TlsAlert => [0x15, 0x03, 0x03, 0x00, 0x02, 0x02, 0x46],
            _ => answer,
        };
    }

    private static bool IsApiVersions(byte[] frame) => BinaryPrimitives.ReadInt16BigEndian(frame) == (short)ApiKey.ApiVersions;

    private void WriteVersions(RequestHeader header, WireWriter writer)
    {
        bool isKnown = header.ApiVersion <= ApiVersionsMax;
        ApiVersionsResponse response = new() { ErrorCode = isKnown ? ErrorCode.None : ErrorCode.UnsupportedVersion };
        ApiVersionsResponse.ApiVersion self = new() { ApiKey = (short)ApiKey.ApiVersions, MaxVersion = ApiVersionsMax };
        response.ApiKeys = !isKnown ? (RefusalTellsVersions ? [self] : []) :
        [
            self,
            .. _answers.Select(each => new ApiVersionsResponse.ApiVersion
            {
                ApiKey = (short)each.Key,
                MinVersion = each.Value.Versions.Min,
                MaxVersion = each.Value.Versions.Max,
            }),
        ];
        Received.Enqueue((header.ApiKey, header.ApiVersion, response));
        new ResponseHeader(header.CorrelationId).Write(writer, 0);
        response.Write(writer, isKnown ? header.ApiVersion : (short)0);
    }
}
