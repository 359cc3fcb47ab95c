using KLog.Coordination.ZooKeeper;
using KLog.Coordination.ZooKeeper.Wire;
using Microsoft.Extensions.Logging.Abstractions;

namespace KLog.Coordination.Tests.ZooKeeper;

/// <summary>A session that changes servers, waits, and gives up; on a clock of the test's own where time matters.</summary>
public sealed class FakeEnsembleTests
{
    private static readonly ServerAddress[] Three = [new("a", 1), new("b", 2), new("c", 3)];

    private readonly FakeServer _server = new();
    private readonly ManualTime _time = new();

    [Fact]
    public async Task The_next_server_gets_the_watches_before_any_call()
    {
        _server.Then(async server =>
        {
            await server.GrantAsync(session: 70);
            (int xid, _, _) = await server.TakeAsync();
            await server.AnswerAsync(xid, error: TreeError.NoNode, zxid: 90);
        }).Then(async server =>
        {
            await server.GrantAsync(session: 70);
            Assert.Equal((70, 90), server.Asked);
            (int xid, OpCode op, byte[] body) = await server.TakeAsync();
            Assert.Equal((SpecialXid.SetWatches, OpCode.SetWatches), (xid, op));
            Assert.Equal(new JuteWriter().Int64(90).Texts([]).Texts(["/a"]).Texts([]).Written.ToArray(), body);
            await server.AnswerAsync(SpecialXid.SetWatches);
            await server.EventAsync(WatchEventType.NodeCreated, "/a");
            await server.ServeUntilGoodbyeAsync();
        });
        var seen = new Watched();
        await using (ZooKeeperTree tree = await ConnectAsync(Three))
        {
            Assert.Null(await tree.ExistsAsync("/a", seen.Add));
            Assert.Equal(new WatchEvent(WatchEventType.NodeCreated, "/a"), await seen.NextAsync());
        }

        await _server.FinishAsync();
        Assert.Equal(2, _server.Asked.Distinct().Count());
    }

    [Fact]
    public async Task A_server_that_does_not_know_the_session_ends_it()
    {
        var expired = new TaskCompletionSource<SessionState>();
        _server.Then(server => server.GrantAsync()).Then(async server =>
        {
            await server.TakeConnectAsync();
            await server.SendAsync(FakeConnection.Connected(session: 0, timeoutMs: 0));
        });
        await using ZooKeeperTree tree = await ConnectAsync(Three);
        tree.StateChanged += state => _ = state == SessionState.Expired && expired.TrySetResult(state);
        while (tree.State != SessionState.Expired)
        {
            await Task.Yield();
        }

        Assert.Equal(TreeError.SessionExpired, (await Assert.ThrowsAsync<TreeException>(() => tree.GetAsync("/"))).Error);
        Assert.Equal(2, _server.Asked.Count);
    }

    [Fact]
    public async Task A_call_waits_for_a_round_of_all_servers_and_then_ends()
    {
        _server.Then(server => server.GrantAsync());
        await using ZooKeeperTree tree = await ConnectAsync(Three);
        while (tree.State == SessionState.Connected)
        {
            await Task.Yield();
        }

        TreeException failure = await Assert.ThrowsAsync<TreeException>(() => tree.GetAsync("/"));
        Assert.Equal(TreeError.ConnectionLoss, failure.Error);
        Assert.Contains("refused", failure.Message, StringComparison.Ordinal);
        Assert.True(_server.Asked.Count >= 4);
    }

    [Fact]
    public async Task Silence_brings_a_ping_and_then_another_server()
    {
        var asked = new TaskCompletionSource();
        var pinged = new TaskCompletionSource();
        _server.Then(async server =>
        {
            await server.GrantAsync(timeoutMs: 30_000);
            await server.TakeAsync();
            asked.SetResult();
            Assert.True(await server.TakesPingAsync());
            pinged.SetResult();
            await server.UntilClosedAsync();
        }).Then(async server =>
        {
            await server.GrantAsync();
            await server.ServeUntilGoodbyeAsync();
        });
        await using (ZooKeeperTree tree = await ConnectAsync(Three))
        {
            Task<NodeStat?> call = tree.ExistsAsync("/a");
            await asked.Task.WaitAsync(TimeSpan.FromSeconds(30));
            await _time.AdvanceAsync(TimeSpan.FromSeconds(10));
            await pinged.Task.WaitAsync(TimeSpan.FromSeconds(30));
            Assert.False(call.IsCompleted);
            await _time.AdvanceAsync(TimeSpan.FromSeconds(10));
            Assert.Equal(TreeError.ConnectionLoss, (await Assert.ThrowsAsync<TreeException>(() => call)).Error);
        }
    }

    [Fact]
    public async Task A_server_that_does_not_answer_the_handshake_is_left()
    {
        _server.Then(async server =>
        {
            await server.TakeConnectAsync();
            await server.UntilClosedAsync();
        }).Then(async server =>
        {
            await server.GrantAsync();
            await server.ServeUntilGoodbyeAsync();
        });
        Task<ZooKeeperTree> connecting = ConnectAsync(Three);
        await _time.AdvanceAsync(TimeSpan.FromSeconds(7));
        await (await connecting).DisposeAsync();
        await _server.FinishAsync();
    }

    [Fact]
    public async Task A_close_does_not_wait_for_ever_for_the_server()
    {
        _server.Then(async server =>
        {
            await server.GrantAsync();
            await server.UntilClosedAsync();
        });
        ZooKeeperTree tree = await ConnectAsync(Three);
        Task<NodeStat?> call = tree.ExistsAsync("/a");
        Task closing = tree.DisposeAsync().AsTask();
        await _time.AdvanceAsync(TimeSpan.FromSeconds(6));
        await closing.WaitAsync(TimeSpan.FromSeconds(30));
        Assert.Equal(TreeError.ConnectionLoss, (await Assert.ThrowsAsync<TreeException>(() => call)).Error);
        Assert.Equal(SessionState.Closed, tree.State);
        Assert.Equal(TreeError.SessionExpired, (await Assert.ThrowsAsync<TreeException>(() => tree.ExistsAsync("/a"))).Error);
    }

    [Fact]
    public async Task A_call_that_is_given_up_does_not_disturb_the_next()
    {
        _server.Then(async server =>
        {
            await server.GrantAsync();
            (int first, _, _) = await server.TakeAsync();
            (int second, _, _) = await server.TakeAsync();
            await server.AnswerAsync(first, FakeConnection.Stat(1));
            await server.AnswerAsync(second, FakeConnection.Stat(2));
            await server.ServeUntilGoodbyeAsync();
        });
        await using ZooKeeperTree tree = await ConnectAsync(Three);
        using var cancel = new CancellationTokenSource();
        Task<NodeStat?> given = tree.ExistsAsync("/a", cancellation: cancel.Token);
        await cancel.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => given);
        Assert.Equal(2, (await tree.ExistsAsync("/a"))!.Value.Version);
    }

    [Fact]
    public async Task No_more_calls_are_on_their_way_than_a_server_reads()
    {
        const int Calls = 2500;
        _server.Then(async server =>
        {
            await server.GrantAsync();
            var unanswered = new Queue<int>();
            for (int answered = 0; answered < Calls; answered++)
            {
                while (unanswered.Count < Math.Min(CallQueue.MostInFlight / 2, Calls - answered))
                {
                    unanswered.Enqueue((await server.TakeAsync()).Xid);
                }

                await server.AnswerAsync(unanswered.Dequeue(), FakeConnection.Stat(answered));
            }

            await server.ServeUntilGoodbyeAsync();
        });
        await using (ZooKeeperTree tree = await ConnectAsync(Three))
        {
            NodeStat?[] all = await Task.WhenAll(Enumerable.Range(0, Calls).Select(_ => tree.ExistsAsync("/a")));
            Assert.Equal(Enumerable.Range(0, Calls), all.Select(stat => stat!.Value.Version));
        }

        await _server.FinishAsync();
    }

    [Fact]
    public void A_queue_gives_out_no_more_than_may_be_on_their_way_and_in_order()
    {
        var queue = new CallQueue();
        ZooKeeperCall<bool>[] calls = [.. Enumerable.Range(0, 1500).Select(_ => new ZooKeeperCall<bool>("/", RequestFrame.Of(OpCode.Sync), (ref JuteReader _) => true))];
        Array.ForEach(calls, queue.Add);
        var buffer = new JuteWriter();
        queue.TakeToSend(buffer);
        Assert.Equal(CallQueue.MostInFlight, calls.Count(call => call.Xid != 0));
        Assert.Null(queue.TakeAnswered(2));
        Assert.Same(calls[0], queue.TakeAnswered(1));
        queue.TakeToSend(buffer);
        Assert.Equal(CallQueue.MostInFlight + 1, calls.Count(call => call.Xid != 0));
        queue.Close(TreeError.SessionExpired, "over");
        Assert.All(calls.Skip(1), call => Assert.True(call.Answered.IsFaulted));
        queue.Add(calls[0]);
        Assert.True(calls[0].Answered.IsFaulted);
    }

    private Task<ZooKeeperTree> ConnectAsync(ServerAddress[] servers)
    {
        var options = new ZooKeeperOptions { Servers = new ConnectString(servers, ""), SessionTimeout = TimeSpan.FromSeconds(30), ConnectionTimeout = TimeSpan.FromSeconds(60) };
        return ZooKeeperTree.ConnectAsync(options, _server, _time, new Random(1), NullLogger.Instance);
    }
}
