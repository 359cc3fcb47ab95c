using System.Net;
using System.Net.Sockets;
using KLog.Clients.Connections;
using KLog.Clients.Errors;
using KLog.Clients.Tests.Support;
using KLog.Protocol;
using KLog.Protocol.Messages;

namespace KLog.Clients.Tests.Connections;

/// <summary>One connection, and what may go wrong with it.</summary>
public sealed class BrokerConnectionTests : IAsyncDisposable
{
    private readonly FakeBroker _broker = new FakeBroker().On<DeleteGroupsRequest, DeleteGroupsResponse>(request => new()
    {
        Results = [.. request.GroupsNames.Select(each => new DeleteGroupsResponse.DeletableGroupResult { GroupId = each })],
    });

    private ClientOptions Options => new() { BootstrapServers = [_broker.Address], ClientId = "test" };

    public ValueTask DisposeAsync() => _broker.DisposeAsync();

    [Fact]
    public async Task Requests_are_sent_without_waiting_and_each_gets_its_own_answer()
    {
        _broker.HeldBack = 20;
        await using BrokerConnection connection = await OpenAsync();
        DeleteGroupsResponse[] answers = await Task.WhenAll(
            Enumerable.Range(0, 20).Select(i => SendAsync(connection, $"g{i}")));
        Assert.Equal(Enumerable.Range(0, 20).Select(i => $"g{i}"), answers.Select(each => each.Results[0].GroupId));
        Assert.Equal(1, _broker.Connections);
    }

    [Fact]
    public async Task A_refused_connection_is_told_with_the_address()
    {
        using TcpListener closed = new(IPAddress.Loopback, 0);
        closed.Start();
        BrokerAddress address = new("127.0.0.1", ((IPEndPoint)closed.LocalEndpoint).Port);
        closed.Stop();
        BrokerUnreachableException error = await Assert.ThrowsAsync<BrokerUnreachableException>(
            () => BrokerConnection.OpenAsync(address, Options, TimeProvider.System, CancellationToken.None));
        Assert.Equal($"{address}: connection refused", error.Message);
        Assert.True(error.IsRetriable);
    }

    [Fact]
    public async Task A_host_that_there_is_not_is_told()
    {
        BrokerUnreachableException error = await Assert.ThrowsAsync<BrokerUnreachableException>(
            () => BrokerConnection.OpenAsync(new BrokerAddress("no-such-host.invalid", 9092), Options, TimeProvider.System, CancellationToken.None));
        Assert.StartsWith("no-such-host.invalid:9092: ", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_listener_that_does_not_answer_is_given_up()
    {
        using TcpListener silent = new(IPAddress.Loopback, 0);
        silent.Start();
        BrokerAddress address = new("127.0.0.1", ((IPEndPoint)silent.LocalEndpoint).Port);
        BrokerUnreachableException error = await Assert.ThrowsAsync<BrokerUnreachableException>(() => BrokerConnection.OpenAsync(
            address, Options with { ConnectTimeout = TimeSpan.FromMilliseconds(30) }, TimeProvider.System, CancellationToken.None));
        Assert.Equal($"{address}: no connection within 30 ms", error.Message);
    }

    [Theory]
    [InlineData(Fault.Close)]
    [InlineData(Fault.CloseMidResponse)]
    internal async Task A_broker_that_closes_ends_all_that_wait(Fault fault)
    {
        await using BrokerConnection connection = await OpenAsync();
        _broker.Next(ApiKey.DeleteGroups, fault);
        Task<DeleteGroupsResponse>[] sent = [SendAsync(connection, "a"), SendAsync(connection, "b")];
        foreach (Task<DeleteGroupsResponse> each in sent)
        {
            BrokerUnreachableException error = await Assert.ThrowsAsync<BrokerUnreachableException>(() => each);
            Assert.Contains($"{_broker.Address}", error.Message, StringComparison.Ordinal);
        }

        Assert.True(connection.IsClosed);
        await Assert.ThrowsAsync<BrokerUnreachableException>(() => SendAsync(connection, "c"));
    }

    [Theory]
    [InlineData(Fault.WrongCorrelationId, "there came a response to a request that was not sent")]
    [InlineData(Fault.TooLong, "DeleteGroups version 2 is followed by 8 bytes too many")]
    [InlineData(Fault.TlsAlert, "is it a Kafka broker, and a listener without TLS?")]
    internal async Task An_answer_that_makes_no_sense_ends_the_connection(Fault fault, string why)
    {
        await using BrokerConnection connection = await OpenAsync();
        _broker.Next(ApiKey.DeleteGroups, fault);
        InvalidResponseException error = await Assert.ThrowsAsync<InvalidResponseException>(() => SendAsync(connection, "a"));
        Assert.StartsWith($"{_broker.Address}: ", error.Message, StringComparison.Ordinal);
        Assert.EndsWith(why, error.Message, StringComparison.Ordinal);
        Assert.True(connection.IsClosed);
    }

    [Fact]
    public async Task A_request_that_is_not_answered_ends_the_connection()
    {
        await using BrokerConnection connection = await OpenAsync(Options with { RequestTimeout = TimeSpan.FromMilliseconds(30) });
        _broker.Next(ApiKey.DeleteGroups, Fault.NeverAnswer);
        RequestTimeoutException error = await Assert.ThrowsAsync<RequestTimeoutException>(() => SendAsync(connection, "a"));
        Assert.Equal($"{_broker.Address}: DeleteGroups was not answered within 30 ms", error.Message);
        Assert.True(connection.IsClosed);
    }

    [Fact]
    public async Task A_caller_that_gives_up_leaves_the_connection_to_the_others()
    {
        _broker.HeldBack = 2;
        await using BrokerConnection connection = await OpenAsync();
        using CancellationTokenSource cancelled = new();
        Task<DeleteGroupsResponse> first = connection.SendAsync(new DeleteGroupsRequest { GroupsNames = ["a"] }, cancelled.Token);
        await cancelled.CancelAsync();
        await Assert.ThrowsAsync<OperationCanceledException>(() => first);
        Assert.Equal("b", (await SendAsync(connection, "b")).Results[0].GroupId);
    }

    [Fact]
    public async Task What_a_version_cannot_say_is_not_sent_and_costs_nobody_else()
    {
        _broker.On<ListGroupsRequest, ListGroupsResponse>(_ => new ListGroupsResponse());
        await using BrokerConnection connection = await OpenAsync();
        await Assert.ThrowsAsync<InvalidOperationException>(
            () => connection.SendAsync(new ListGroupsRequest { StatesFilter = ["Stable"] }, 1, CancellationToken.None));
        Assert.Equal("a", (await SendAsync(connection, "a")).Results[0].GroupId);
    }

    [Theory]
    [InlineData(4, true, new[] { 4 })]
    [InlineData(2, true, new[] { 4, 2 })]
    [InlineData(0, true, new[] { 4, 0 })]
    [InlineData(1, false, new[] { 4, 0 })]
    public async Task Versions_are_negotiated_with_what_the_broker_knows(short known, bool tells, int[] asked)
    {
        _broker.ApiVersionsMax = known;
        _broker.RefusalTellsVersions = tells;
        await using BrokerConnection connection = await OpenAsync();
        Assert.Equal(asked, _broker.Received.Select(each => (int)each.Version));
        Assert.Equal(2, connection.Versions.Choose<DeleteGroupsRequest>());
    }

    [Fact]
    public async Task A_pool_opens_one_connection_and_a_new_one_when_it_has_ended()
    {
        await using BrokerConnections connections = new(Options, TimeProvider.System);
        BrokerConnection[] same = await Task.WhenAll(
            Enumerable.Range(0, 5).Select(_ => connections.GetAsync(_broker.Address, CancellationToken.None)));
        Assert.Single(same.Distinct());
        _broker.Next(ApiKey.DeleteGroups, Fault.Close);
        await Assert.ThrowsAsync<BrokerUnreachableException>(() => SendAsync(same[0], "a"));
        BrokerConnection next = await connections.GetAsync(_broker.Address, CancellationToken.None);
        Assert.Equal("b", (await SendAsync(next, "b")).Results[0].GroupId);
        Assert.Equal(2, _broker.Connections);
    }

    private Task<BrokerConnection> OpenAsync(ClientOptions? options = null) =>
        BrokerConnection.OpenAsync(_broker.Address, options ?? Options, TimeProvider.System, CancellationToken.None);

    private static Task<DeleteGroupsResponse> SendAsync(BrokerConnection connection, string group) =>
        connection.SendAsync(new DeleteGroupsRequest { GroupsNames = [group] }, CancellationToken.None);
}
