using KLog.Coordination.ZooKeeper;
using KLog.Coordination.ZooKeeper.Wire;
using Microsoft.Extensions.Logging.Abstractions;

namespace KLog.Coordination.Tests.ZooKeeper;

/// <summary>Servers that answer in pieces, out of order, with nonsense, or not at all.</summary>
public sealed class FakeServerTests
{
    private readonly FakeServer _server = new();

    public static TheoryData<string> BadAnswers => ["half", "unknown xid", "later xid", "negative length", "no header", "event outside the chroot"];

    public static TheoryData<string> Losses => ["at once", "after the request", "inside the answer", "negative length", "before the challenge", "after the challenge", "nonsense"];

    [Fact]
    public async Task Answers_and_events_that_come_byte_by_byte_are_whole()
    {
        _server.Then(async server =>
        {
            await server.TakeConnectAsync();
            await SendSinglyAsync(server, FakeConnection.Connected());
            (int xid, _, _) = await server.TakeAsync();
            await SendSinglyAsync(server, FakeConnection.Answer(xid, new JuteWriter().Buffer("data"u8).Raw(FakeConnection.Stat(3).Written.Span)));
            await SendSinglyAsync(server, FakeConnection.Answer(SpecialXid.WatchEvent, new JuteWriter().Int32(3).Int32(3).Text("/root/a"), zxid: -1));
            await server.ServeUntilGoodbyeAsync();
        });
        var seen = new Watched();
        await using (ZooKeeperTree tree = await ConnectAsync())
        {
            Node node = await tree.GetAsync("/a", seen.Add);
            Assert.Equal(("data", 3), (System.Text.Encoding.UTF8.GetString(node.Data.Span), node.Stat.Version));
            Assert.Equal(new WatchEvent(WatchEventType.NodeDataChanged, "/a"), await seen.NextAsync());
        }

        await _server.FinishAsync();
    }

    [Fact]
    public async Task Many_answers_in_one_piece_and_names_without_a_letter_are_taken()
    {
        _server.Then(async server =>
        {
            await server.GrantAsync();
            var answers = new List<byte>();
            for (int i = 0; i < 100; i++)
            {
                (int xid, _, _) = await server.TakeAsync();
                answers.AddRange(FakeConnection.Answer(xid, new JuteWriter().Texts(["", "x"]).Raw(FakeConnection.Stat(i).Written.Span)));
            }

            await server.SendAsync(answers.ToArray());
            await server.ServeUntilGoodbyeAsync();
        });
        await using (ZooKeeperTree tree = await ConnectAsync())
        {
            NodeChildren[] all = await Task.WhenAll(Enumerable.Range(0, 100).Select(_ => tree.GetChildrenAsync("/")));
            Assert.Equal(Enumerable.Range(0, 100), all.Select(children => children.Stat.Version));
            Assert.All(all, children => Assert.Equal(["", "x"], children.Names));
        }

        await _server.FinishAsync();
    }

    [Theory]
    [MemberData(nameof(BadAnswers))]
    public async Task After_an_answer_that_makes_no_sense_the_session_goes_on_elsewhere_and_no_call_is_left(string kind)
    {
        (long Session, long LastZxid) asked = default;
        _server.Then(async server =>
        {
            await server.GrantAsync(session: 77);
            (int xid, _, _) = await server.TakeAsync();
            await server.AnswerAsync(xid, FakeConnection.Stat(), zxid: 55);
            (int second, _, _) = await server.TakeAsync();
            (int third, _, _) = await server.TakeAsync();
            await server.SendAsync(kind switch
            {
                "half" => FakeConnection.Answer(second, FakeConnection.Stat())[..30],
                "unknown xid" => FakeConnection.Answer(12345, FakeConnection.Stat()),
                "later xid" => FakeConnection.Answer(third, FakeConnection.Stat()),
                "negative length" => new byte[] { 0xff, 0, 0, 0 },
                "no header" => new byte[] { 0, 0, 0, 0 },
                _ => FakeConnection.Answer(SpecialXid.WatchEvent, new JuteWriter().Int32(1).Int32(3).Text("")),
            });
        }).Then(async server =>
        {
            await server.GrantAsync(session: 77);
            asked = server.Asked;
            (int xid, _, _) = await server.TakeAsync();
            await server.AnswerAsync(xid, FakeConnection.Stat(8));
            await server.ServeUntilGoodbyeAsync();
        });
        await using (ZooKeeperTree tree = await ConnectAsync())
        {
            Assert.NotNull(await tree.ExistsAsync("/a"));
            Task[] lost = [tree.ExistsAsync("/b"), tree.ExistsAsync("/c")];
            foreach (Task call in lost)
            {
                Assert.Equal(TreeError.ConnectionLoss, (await Assert.ThrowsAsync<TreeException>(() => call)).Error);
            }

            Assert.Equal(8, (await tree.ExistsAsync("/d"))!.Value.Version);
            Assert.Equal((77, 55), asked);
        }

        await _server.FinishAsync();
    }

    [Fact]
    public async Task A_body_that_ends_too_soon_fails_its_call()
    {
        _server.Then(async server =>
        {
            await server.GrantAsync();
            (int xid, _, _) = await server.TakeAsync();
            await server.AnswerAsync(xid, new JuteWriter().Int64(1));
            await server.UntilClosedAsync();
        }).Then(async server =>
        {
            await server.GrantAsync();
            (int xid, _, _) = await server.TakeAsync();
            await server.AnswerAsync(xid, new JuteWriter().Int32(-1).Bool(true).Int32(-1));
            await server.UntilClosedAsync();
        });
        await using ZooKeeperTree tree = await ConnectAsync();
        Assert.Equal(TreeError.MarshallingError, (await Assert.ThrowsAsync<TreeException>(() => tree.ExistsAsync("/a"))).Error);
        while (_server.Asked.Count < 2 || tree.State != SessionState.Connected)
        {
            await Task.Yield();
        }

        Task multi = tree.MultiAsync([new TreeOperation.Delete("/a")]);
        Assert.Equal(TreeError.MarshallingError, (await Assert.ThrowsAsync<TreeException>(() => multi)).Error);
        await _server.FinishAsync();
    }

    [Fact]
    public async Task A_huge_answer_is_passed_over_and_its_neighbours_are_answered()
    {
        _server.Then(async server =>
        {
            await server.GrantAsync();
            (int first, _, _) = await server.TakeAsync();
            (int second, _, _) = await server.TakeAsync();
            await server.AnswerAsync(first, new JuteWriter().Buffer(new byte[9 << 20]).Raw(FakeConnection.Stat().Written.Span));
            await server.AnswerAsync(second, FakeConnection.Stat(6));
            await server.ServeUntilGoodbyeAsync();
        });
        await using (ZooKeeperTree tree = await ConnectAsync())
        {
            Task<Node> huge = tree.GetAsync("/a");
            Task<NodeStat?> next = tree.ExistsAsync("/a");
            Assert.Equal(TreeError.MarshallingError, (await Assert.ThrowsAsync<TreeException>(() => huge)).Error);
            Assert.Equal(6, (await next)!.Value.Version);
        }

        await _server.FinishAsync();
    }

    [Theory]
    [MemberData(nameof(Losses))]
    public async Task A_connection_that_goes_during_the_handshake_is_followed_by_another(string phase)
    {
        _server.Then(async server =>
        {
            switch (phase)
            {
                case "at once":
                    return;
                case "after the request":
                    await server.TakeConnectAsync();
                    return;
                case "inside the answer":
                    await server.TakeConnectAsync();
                    await server.SendAsync(FakeConnection.Connected().AsMemory(0, 17));
                    return;
                case "negative length":
                    await server.TakeConnectAsync();
                    await server.SendAsync(new byte[] { 0x80, 0, 0, 0, 1, 2, 3 });
                    return;
                case "nonsense":
                    await server.TakeConnectAsync();
                    await server.SendAsync("HTTP/1.1 400 Bad Request\r\n\r\n"u8.ToArray());
                    return;
                case "before the challenge":
                    await server.GrantAsync();
                    await server.TakeAsync();
                    return;
                default:
                    await server.GrantAsync();
                    (int xid, OpCode op, _) = await server.TakeAsync();
                    Assert.Equal(OpCode.Sasl, op);
                    await server.AnswerAsync(xid, new JuteWriter().Buffer("nonce=\"n\",realm=\"r\""u8));
                    await server.TakeAsync();
                    return;
            }
        });
        if (phase.EndsWith("challenge", StringComparison.Ordinal))
        {
            // The session was granted already: it is asked for again. That the second server refuses the user is the end.
            _server.Then(async server =>
            {
                await server.GrantAsync();
                Assert.Equal(7, server.Asked.Session);
                await server.AnswerAsync((await server.TakeAsync()).Xid, error: TreeError.AuthFailed);
            });
            TreeException refused = await Assert.ThrowsAsync<TreeException>(() => ConnectAsync(options => options with { Sasl = ZooKeeperServer.User }));
            Assert.Equal(TreeError.AuthFailed, refused.Error);
            await _server.FinishAsync();
            return;
        }

        _server.Then(async server =>
        {
            await server.GrantAsync(9);
            Assert.Equal(0, server.Asked.Session);
            await server.ServeUntilGoodbyeAsync();
        });
        await using (ZooKeeperTree tree = await ConnectAsync())
        {
            Assert.Equal(9, tree.SessionId);
        }

        await _server.FinishAsync();
    }

    private async Task<ZooKeeperTree> ConnectAsync(Func<ZooKeeperOptions, ZooKeeperOptions>? with = null)
    {
        var options = new ZooKeeperOptions { Servers = new ConnectString([new ServerAddress("a", 1)], "/root"), SessionTimeout = TimeSpan.FromSeconds(30) };
        return await ZooKeeperTree.ConnectAsync(with?.Invoke(options) ?? options, _server, TimeProvider.System, new Random(1), NullLogger.Instance);
    }

    private static async Task SendSinglyAsync(FakeConnection server, byte[] bytes)
    {
        foreach (byte one in bytes)
        {
            await server.SendAsync(new[] { one });
        }
    }
}
