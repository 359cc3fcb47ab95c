using System.Threading.Channels;
using KLog.Coordination.ZooKeeper;
using KLog.Tests;

namespace KLog.Coordination.Tests.ZooKeeper;

/// <summary>A real server that is stopped, paused, cut off or made to forget the session.</summary>
[Collection(ZooKeeperServer.Collection)]
public sealed class ServerFaultTests(ZooKeeperServer server)
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    [KafkaFact("java")]
    public async Task A_session_its_ephemerals_and_its_watches_outlive_the_server()
    {
        await server.NeedAsync();
        ZooKeeperOptions options = server.NewTree(20);
        await using ZooKeeperTree tree = await ZooKeeperServer.ConnectAsync(options);
        ChannelReader<SessionState> states = StatesOf(tree);
        var seen = new Watched();
        await tree.CreateAsync("/a", default);
        await tree.CreateAsync("/e", default, CreateMode.Ephemeral);
        await tree.GetAsync("/a", seen.Add);
        await tree.ExistsAsync("/new", seen.Add);
        await tree.GetChildrenAsync("/", seen.Add);
        long session = tree.SessionId;

        server.Kill();
        await UntilAsync(states, SessionState.Disconnected);
        TreeException failure = await Assert.ThrowsAsync<TreeException>(() => tree.GetAsync("/a"));
        Assert.Equal(TreeError.ConnectionLoss, failure.Error);
        await server.StartAsync();
        await UntilAsync(states, SessionState.Connected);

        Assert.Equal(session, tree.SessionId);
        Assert.Equal(session, (await tree.ExistsAsync("/e"))!.Value.EphemeralOwner);
        Assert.True(seen.IsEmpty);
        await using ZooKeeperTree other = await ZooKeeperServer.ConnectAsync(options);
        await other.SetAsync("/a", default);
        await other.CreateAsync("/new", default);
        Assert.Equal(new WatchEvent(WatchEventType.NodeDataChanged, "/a"), await seen.NextAsync());
        WatchEvent[] both = [await seen.NextAsync(), await seen.NextAsync()];
        Assert.Equal(
            [new WatchEvent(WatchEventType.NodeCreated, "/new"), new WatchEvent(WatchEventType.NodeChildrenChanged, "/")],
            both.OrderBy(happened => happened.Type));
    }

    [KafkaFact("java")]
    public async Task Without_a_server_there_is_no_session_and_the_reason_is_told()
    {
        await server.NeedAsync();
        server.Kill();
        ZooKeeperOptions options = server.NewTree() with { ConnectionTimeout = TimeSpan.FromSeconds(1) };
        TreeException failure = await Assert.ThrowsAsync<TreeException>(() => ZooKeeperServer.ConnectAsync(options));
        Assert.Equal(TreeError.ConnectionLoss, failure.Error);
        Assert.Contains($"{server.Plain}", failure.Message, StringComparison.Ordinal);
    }

    [KafkaFact("java")]
    public async Task A_server_that_stands_still_is_given_up_and_taken_again_when_it_moves()
    {
        await server.NeedAsync();
        await using ZooKeeperTree tree = await ZooKeeperServer.ConnectAsync(server.NewTree(4));
        ChannelReader<SessionState> states = StatesOf(tree);
        await tree.CreateAsync("/a", default);
        server.Pause();
        try
        {
            TreeException failure = await Assert.ThrowsAsync<TreeException>(() => tree.GetAsync("/a").WaitAsync(Patience));
            Assert.Equal(TreeError.ConnectionLoss, failure.Error);
            Assert.Equal(SessionState.Disconnected, tree.State);
        }
        finally
        {
            server.Resume();
        }

        await UntilAsync(states, SessionState.Connected);
        Assert.NotNull(await tree.ExistsAsync("/a"));
    }

    [KafkaFact("java")]
    public async Task What_changed_while_the_connection_was_cut_sets_off_the_watches_when_it_is_back()
    {
        await server.NeedAsync();
        ZooKeeperOptions options = server.NewTree(20);
        var network = new BreakableTransport();
        await using ZooKeeperTree tree = await ZooKeeperServer.ConnectAsync(options, network);
        await using ZooKeeperTree other = await ZooKeeperServer.ConnectAsync(options);
        var seen = new Watched();
        var quiet = new Watched();
        string[] paths = [.. Enumerable.Range(0, 3000).Select(i => $"/{new string('x', 90)}{i:D4}")];
        await tree.CreateAsync("/gone", default);
        await Task.WhenAll(paths.Select(path => tree.ExistsAsync(path, seen.Add)));
        await tree.GetAsync("/gone", seen.Add);
        await tree.GetChildrenAsync("/gone", quiet.Add);

        network.Break();
        await other.CreateAsync(paths[7], default);
        await other.CreateAsync(paths[2999], default);
        await other.DeleteAsync("/gone");
        network.Mend();
        WatchEvent[] events = [await seen.NextAsync(), await seen.NextAsync(), await seen.NextAsync()];
        Assert.Equal(
            [new(WatchEventType.NodeDeleted, "/gone"), new(WatchEventType.NodeCreated, paths[7]), new(WatchEventType.NodeCreated, paths[2999])],
            events.OrderBy(happened => happened.Path, StringComparer.Ordinal));
        Assert.Equal(new WatchEvent(WatchEventType.NodeDeleted, "/gone"), await quiet.NextAsync());

        await other.CreateAsync(paths[8], default);
        Assert.Equal(new WatchEvent(WatchEventType.NodeCreated, paths[8]), await seen.NextAsync());
        Assert.True(seen.IsEmpty);
    }

    [KafkaFact("java")]
    public async Task A_session_that_was_away_for_too_long_is_expired_once_and_for_good()
    {
        await server.NeedAsync();
        ZooKeeperOptions options = server.NewTree(1);
        var network = new BreakableTransport();
        await using ZooKeeperTree other = await ZooKeeperServer.ConnectAsync(options with { SessionTimeout = TimeSpan.FromSeconds(10) });
        ZooKeeperTree tree = await ZooKeeperServer.ConnectAsync(options, network);
        ChannelReader<SessionState> states = StatesOf(tree);
        var seen = new Watched();
        var gone = new Watched();
        await tree.CreateAsync("/e", default, CreateMode.Ephemeral);
        await tree.GetAsync("/e", seen.Add);
        await other.ExistsAsync("/e", gone.Add);

        network.Break();
        Assert.Equal(new WatchEvent(WatchEventType.NodeDeleted, "/e"), await gone.NextAsync());
        network.Mend();
        Assert.Equal(SessionState.Disconnected, await states.ReadAsync().AsTask().WaitAsync(Patience));
        Assert.Equal(SessionState.Expired, await states.ReadAsync().AsTask().WaitAsync(Patience));
        TreeException failure = await Assert.ThrowsAsync<TreeException>(() => tree.GetAsync("/"));
        Assert.Equal(TreeError.SessionExpired, failure.Error);
        await tree.DisposeAsync();
        Assert.Equal(SessionState.Expired, tree.State);
        Assert.False(states.TryRead(out _));
        Assert.True(seen.IsEmpty);
    }

    [KafkaFact("java")]
    public async Task Every_call_ends_when_the_connection_is_cut_again_and_again()
    {
        await server.NeedAsync();
        var network = new BreakableTransport();
        await using ZooKeeperTree tree = await ZooKeeperServer.ConnectAsync(server.NewTree(20), network);
        var calls = new List<Task>();
        for (int i = 0; i < 3000; i++)
        {
            calls.Add(tree.CreateAsync("/n-", default, CreateMode.Sequential));
            if (i % 500 == 499)
            {
                await Task.Delay(20);
                network.Cut();
            }
        }

        await Task.WhenAll(calls).WaitAsync(Patience).ContinueWith(_ => { }, TaskScheduler.Default);
        Assert.All(calls, call => Assert.True(
            call.IsCompletedSuccessfully || call.Exception?.InnerException is TreeException { Error: TreeError.ConnectionLoss }, $"{call.Status} {call.Exception}"));
        Assert.Contains(calls, call => call.IsFaulted);
        Assert.True(network.Connections > 1);
    }

    private static ChannelReader<SessionState> StatesOf(ZooKeeperTree tree)
    {
        var states = Channel.CreateUnbounded<SessionState>();
        tree.StateChanged += state => states.Writer.TryWrite(state);
        return states.Reader;
    }

    private static async Task UntilAsync(ChannelReader<SessionState> states, SessionState wanted)
    {
        while (await states.ReadAsync().AsTask().WaitAsync(Patience) != wanted)
        {
        }
    }
}
