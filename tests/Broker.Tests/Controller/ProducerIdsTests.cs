using KLog.Broker.Controller;
using KLog.Broker.Handlers;
using KLog.Coordination;
using KLog.Coordination.Embedded;
using KLog.Coordination.Registries;
using KLog.Protocol;
using KLog.Protocol.Messages;

namespace KLog.Broker.Tests.Controller;

public sealed class ProducerIdsTests
{
    [Fact]
    public async Task No_id_is_given_out_twice_by_two_brokers_or_after_a_restart()
    {
        await using EmbeddedTree tree = EmbeddedTree.InMemory(TimeProvider.System);
        await using EmbeddedSession session = tree.Connect();
        await session.EnsureAsync(Paths.ProducerIdBlock);
        using var first = new ProducerIds(new ProducerIdBlocks(session), 0);
        using var second = new ProducerIds(new ProducerIdBlocks(session), 1);
        long[] ids = await Task.WhenAll(Enumerable.Range(0, 5000).Select(i => (i % 2 == 0 ? first : second).NextAsync().AsTask()));
        Assert.Equal(5000, ids.Distinct().Count());
        using var restarted = new ProducerIds(new ProducerIdBlocks(session), 0);
        Assert.True(await restarted.NextAsync() > ids.Max());
    }

    [Theory]
    [InlineData(null, -1, -1, ErrorCode.None)]
    [InlineData(null, 77, 3, ErrorCode.None)]
    [InlineData(null, 77, -1, ErrorCode.InvalidRequest)]
    [InlineData(null, -1, 3, ErrorCode.InvalidRequest)]
    [InlineData("", -1, -1, ErrorCode.InvalidRequest)]
    [InlineData("tx", -1, -1, ErrorCode.TransactionalIdAuthorizationFailed)]
    public async Task InitProducerId_gives_a_fresh_id_or_says_no(string? transactionalId, long id, short epoch, ErrorCode error)
    {
        await using EmbeddedTree tree = EmbeddedTree.InMemory(TimeProvider.System);
        await using EmbeddedSession session = tree.Connect();
        await session.EnsureAsync(Paths.ProducerIdBlock);
        using var producerIds = new ProducerIds(new ProducerIdBlocks(session), 0);
        var log = new RecordedLog();
        var handler = new InitProducerIdHandler(producerIds, log);
        var request = new InitProducerIdRequest { TransactionalId = transactionalId, ProducerId = id, ProducerEpoch = epoch };
        InitProducerIdResponse response = (await handler.HandleAsync(request, TestController.Context(ApiKey.InitProducerId, 4)))!;
        Assert.Equal(error, response.ErrorCode);
        Assert.Equal(error == ErrorCode.None ? (0L, (short)0) : (-1L, (short)-1), (response.ProducerId, response.ProducerEpoch));
        Assert.Equal(transactionalId == "tx", log.Lines.Any(line => line.Contains("Transactions are not supported yet", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task A_tree_that_does_not_answer_is_an_error_to_try_again_at()
    {
        await using EmbeddedTree tree = EmbeddedTree.InMemory(TimeProvider.System);
        EmbeddedSession session = tree.Connect();
        using var producerIds = new ProducerIds(new ProducerIdBlocks(session), 0);
        await session.DisposeAsync();
        var handler = new InitProducerIdHandler(producerIds, new RecordedLog());
        InitProducerIdResponse response = (await handler.HandleAsync(new InitProducerIdRequest { TransactionalId = null }, TestController.Context(ApiKey.InitProducerId, 4)))!;
        Assert.Equal(ErrorCode.CoordinatorNotAvailable, response.ErrorCode);
    }
}
