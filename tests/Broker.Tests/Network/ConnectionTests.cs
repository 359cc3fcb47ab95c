using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;
using KLog.Broker.Network;
using KLog.Broker.Requests;
using KLog.Protocol;
using KLog.Protocol.Messages;
using KLog.Protocol.Wire;
using Microsoft.Extensions.Logging.Abstractions;

namespace KLog.Broker.Tests.Network;

/// <summary>A listener with made-up handlers: ListGroups answers at once, DescribeCluster when the test lets it.</summary>
public sealed class ConnectionTests : IAsyncDisposable
{
    private readonly RequestDispatcher _dispatcher = new();
    private readonly TaskCompletionSource _letGo = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private Listener _listener = null!;
    private int _connectionsMax = int.MaxValue;
    private int _perAddressMax = int.MaxValue;
    private int _started;

    public async ValueTask DisposeAsync()
    {
        _letGo.TrySetResult();
        await _listener.DisposeAsync();
    }

    [Fact]
    public async Task Answers_leave_in_the_order_of_the_requests_though_the_first_is_ready_last()
    {
        Start();
        using Socket client = Connect();
        Send(client, 1, new DescribeClusterRequest());
        Send(client, 2, new ListGroupsRequest());
        Send(client, 3, new ListGroupsRequest());
        await Until(() => _started == 3);
        Assert.Equal(0, client.Available);
        _letGo.SetResult();
        Assert.Equal([1, 2, 3], [ReadCorrelationId(client), ReadCorrelationId(client), ReadCorrelationId(client)]);
    }

    [Fact]
    public async Task A_request_without_an_answer_does_not_hold_up_the_next()
    {
        Start();
        using Socket client = Connect();
        Send(client, 1, new DescribeClusterRequest { EndpointType = 2 }, version: 1);
        Send(client, 2, new ListGroupsRequest());
        await Until(() => _started == 2);
        _letGo.SetResult();
        Assert.Equal(2, ReadCorrelationId(client));
    }

    [Fact]
    public void An_unknown_version_of_ApiVersions_is_answered_in_version_0()
    {
        Start();
        using Socket client = Connect();
        using var frame = new WireWriter();
        frame.WriteInt32(0);
        new RequestHeader(ApiKey.ApiVersions, 99, 7, null).Write(frame, 1);
        frame.PatchInt32(0, frame.Position - 4);
        client.Send(frame.Written.Span);
        byte[] body = ReadFrame(client);
        Assert.Equal(7, BinaryPrimitives.ReadInt32BigEndian(body));
        Assert.Equal((short)ErrorCode.UnsupportedVersion, BinaryPrimitives.ReadInt16BigEndian(body.AsSpan(4)));
    }

    [Theory]
    [InlineData(999, 0)]
    [InlineData(-1, 0)]
    [InlineData((int)ApiKey.ListGroups, 99)]
    public void An_unknown_request_closes_its_connection_and_no_other(int key, short version)
    {
        Start();
        using Socket other = Connect();
        using Socket client = Connect();
        using var frame = new WireWriter();
        frame.WriteInt32(0);
        new RequestHeader((ApiKey)key, version, 7, null).Write(frame, 1);
        frame.PatchInt32(0, frame.Position - 4);
        client.Send(frame.Written.Span);
        Assert.Equal(0, client.Receive(new byte[1]));
        Send(other, 5, new ListGroupsRequest());
        Assert.Equal(5, ReadCorrelationId(other));
    }

    [Fact]
    public async Task A_connection_beyond_the_address_limit_is_closed_and_a_later_one_served()
    {
        _perAddressMax = 1;
        Start();
        using (Socket first = Connect())
        {
            Send(first, 1, new ListGroupsRequest());
            Assert.Equal(1, ReadCorrelationId(first));
            using Socket second = Connect();
            Assert.Equal(0, second.Receive(new byte[1]));
        }

        await Until(() => _listener.ConnectionCount == 0);
        using Socket third = Connect();
        Send(third, 3, new ListGroupsRequest());
        Assert.Equal(3, ReadCorrelationId(third));
    }

    [Fact]
    public async Task A_connection_beyond_max_connections_waits_for_its_turn()
    {
        _connectionsMax = 1;
        Start();
        using Socket second = Connect(out Socket first);
        Send(first, 1, new ListGroupsRequest());
        Assert.Equal(1, ReadCorrelationId(first));
        Send(second, 2, new ListGroupsRequest());
        await Task.Delay(100);
        Assert.Equal(0, second.Available);
        first.Dispose();
        Assert.Equal(2, ReadCorrelationId(second));
    }

    [Fact]
    public void An_idle_connection_is_closed()
    {
        Start(idle: TimeSpan.FromMilliseconds(150));
        using Socket client = Connect();
        Assert.Equal(0, client.Receive(new byte[1]));
    }

    [Fact]
    public async Task A_client_that_does_not_read_is_not_read_from()
    {
        Start();
        using Socket client = Connect();
        client.SendBufferSize = 8 << 10;
        client.Blocking = false;
        using var frame = new WireWriter();
        WriteRequest(frame, 1, new ListGroupsRequest(), 4);
        byte[] many = [.. Enumerable.Repeat(frame.Written.ToArray(), 1000).SelectMany(each => each)];
        long sent = 0;
        for (int stuck = 0; stuck < 20;)
        {
            int count = client.Send(many, SocketFlags.None, out SocketError error);
            sent += Math.Max(0, count);
            stuck = error == SocketError.WouldBlock ? stuck + 1 : 0;
            if (stuck > 0)
            {
                await Task.Delay(20);
            }

            Assert.True(sent < 200 << 20, "the broker reads on though nobody takes its answers");
        }
    }

    private void Start(TimeSpan? idle = null)
    {
        _dispatcher.On<ListGroupsRequest, ListGroupsResponse>((_, _) =>
        {
            Interlocked.Increment(ref _started);
            return new(new ListGroupsResponse
            {
                Groups = [new() { GroupId = new string('g', 500) }],
            });
        });
        _dispatcher.OnWithSilence<DescribeClusterRequest, DescribeClusterResponse>(async (request, _) =>
        {
            Interlocked.Increment(ref _started);
            await _letGo.Task;
            return request.EndpointType == 2 ? null : new DescribeClusterResponse();
        });
        _dispatcher.On<ApiVersionsRequest, ApiVersionsResponse>((_, _) => new(new ApiVersionsResponse()));
        _listener = new Listener(
            new ListenerOptions(
                "PLAINTEXT", new IPEndPoint(IPAddress.Loopback, 0), 50, 8 << 10, 8 << 10, 1 << 20,
                idle ?? TimeSpan.FromMinutes(1)),
            new ConnectionLimits(() => _connectionsMax, _ => _perAddressMax),
            new RequestMemory(-1),
            _dispatcher,
            TimeProvider.System,
            NullLogger.Instance);
        _listener.Start();
    }

    private Socket Connect()
    {
        var client = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { ReceiveTimeout = 10_000 };
        client.Connect(_listener.LocalAddress);
        return client;
    }

    private Socket Connect(out Socket first)
    {
        first = Connect();
        return Connect();
    }

    private static void Send<TRequest>(Socket client, int correlationId, TRequest request, short version = 0)
        where TRequest : IMessage<TRequest>
    {
        using var frame = new WireWriter();
        WriteRequest(frame, correlationId, request, version);
        client.Send(frame.Written.Span);
    }

    private static void WriteRequest<TRequest>(WireWriter frame, int correlationId, TRequest request, short version)
        where TRequest : IMessage<TRequest>
    {
        frame.WriteInt32(0);
        new RequestHeader(TRequest.ApiKey, version, correlationId, "test")
            .Write(frame, RequestHeader.VersionOf<TRequest>(version));
        request.Write(frame, version);
        frame.PatchInt32(0, frame.Position - 4);
    }

    private static int ReadCorrelationId(Socket client) => BinaryPrimitives.ReadInt32BigEndian(ReadFrame(client));

    private static byte[] ReadFrame(Socket client)
    {
        byte[] frame = new byte[BinaryPrimitives.ReadInt32BigEndian(Read(client, 4))];
        return Read(client, frame.Length);
    }

    private static byte[] Read(Socket client, int count)
    {
        byte[] bytes = new byte[count];
        for (int at = 0; at < count;)
        {
            int received = client.Receive(bytes, at, count - at, SocketFlags.None);
            Assert.True(received > 0, "the connection was closed");
            at += received;
        }

        return bytes;
    }

    private static async Task Until(Func<bool> holds)
    {
        for (int i = 0; i < 500 && !holds(); i++)
        {
            await Task.Delay(10);
        }

        Assert.True(holds());
    }
}
