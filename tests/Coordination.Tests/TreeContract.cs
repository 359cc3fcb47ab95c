using System.Text;
using System.Threading.Channels;

namespace KLog.Coordination.Tests;

/// <summary>
/// What every coordination tree does. An implementation derives a class that opens sessions on a tree of its own, which is
/// empty but for what its server puts there.
/// </summary>
public abstract class TreeContract
{
    /// <summary>Opens a session on the tree of this test.</summary>
    protected abstract Task<ICoordinationTree> ConnectAsync();

    /// <summary>Makes the tree end a session as if it had not heard from it for too long.</summary>
    protected abstract Task ExpireAsync(ICoordinationTree session);

    [ContractFact]
    public async Task A_node_is_read_as_it_was_made()
    {
        await using ICoordinationTree tree = await ConnectAsync();
        CreatedNode made = await tree.CreateAsync("/a", Bytes("one"));
        Node node = await tree.GetAsync("/a");

        Assert.Equal("/a", made.Path);
        Assert.Equal("one", Text(node.Data));
        Assert.Equal(made.Stat, node.Stat);
        Assert.Equal(node.Stat.CreatedZxid, node.Stat.ModifiedZxid);
        Assert.Equal(node.Stat.CreatedMs, node.Stat.ModifiedMs);
        Assert.Equal((0, 0, 0L, 3, 0), (node.Stat.Version, node.Stat.ChildrenVersion, node.Stat.EphemeralOwner, node.Stat.DataLength, node.Stat.ChildCount));
    }

    [ContractFact]
    public async Task Setting_data_counts_the_version_up_and_keeps_the_birth()
    {
        await using ICoordinationTree tree = await ConnectAsync();
        NodeStat made = (await tree.CreateAsync("/a", Bytes("one"))).Stat;
        NodeStat set = await tree.SetAsync("/a", Bytes("two!"), 0);

        Assert.Equal(1, set.Version);
        Assert.Equal(made.CreatedZxid, set.CreatedZxid);
        Assert.True(set.ModifiedZxid > made.ModifiedZxid);
        Assert.Equal(4, set.DataLength);
        Assert.Equal("two!", Text((await tree.GetAsync("/a")).Data));
        Assert.Equal(2, (await tree.SetAsync("/a", default)).Version);
    }

    [ContractFact]
    public async Task The_caller_may_use_its_buffer_again_once_a_write_is_answered()
    {
        await using ICoordinationTree tree = await ConnectAsync();
        byte[] buffer = "one"u8.ToArray();
        await tree.CreateAsync("/a", buffer);
        buffer.AsSpan().Clear();
        Assert.Equal("one", Text((await tree.GetAsync("/a")).Data));
    }

    [ContractFact]
    public async Task A_version_that_is_not_the_expected_one_refuses_set_and_delete()
    {
        await using ICoordinationTree tree = await ConnectAsync();
        await tree.CreateAsync("/a", default);
        await FailsAsync(TreeError.BadVersion, () => tree.SetAsync("/a", default, 7));
        await FailsAsync(TreeError.BadVersion, () => tree.DeleteAsync("/a", 7));
        await tree.DeleteAsync("/a", 0);
        Assert.Null(await tree.ExistsAsync("/a"));
    }

    [ContractFact]
    public async Task What_is_not_there_is_NoNode()
    {
        await using ICoordinationTree tree = await ConnectAsync();
        await FailsAsync(TreeError.NoNode, () => tree.GetAsync("/a"));
        await FailsAsync(TreeError.NoNode, () => tree.SetAsync("/a", default));
        await FailsAsync(TreeError.NoNode, () => tree.DeleteAsync("/a"));
        await FailsAsync(TreeError.NoNode, () => tree.GetChildrenAsync("/a"));
        await FailsAsync(TreeError.NoNode, () => tree.CreateAsync("/a/b", default));
        Assert.Null(await tree.ExistsAsync("/a"));
    }

    [ContractFact]
    public async Task A_node_is_made_once_and_deleted_without_children_only()
    {
        await using ICoordinationTree tree = await ConnectAsync();
        await tree.CreateAsync("/a", default);
        await tree.CreateAsync("/a/b", default);
        await FailsAsync(TreeError.NodeExists, () => tree.CreateAsync("/a", default));
        await FailsAsync(TreeError.NodeExists, () => tree.CreateAsync("/", default));
        await FailsAsync(TreeError.NotEmpty, () => tree.DeleteAsync("/a"));
        await tree.DeleteAsync("/a/b");
        await tree.DeleteAsync("/a");
    }

    [ContractFact]
    public async Task Children_are_names_and_their_changes_are_counted()
    {
        await using ICoordinationTree tree = await ConnectAsync();
        await tree.CreateAsync("/a", default);
        await tree.CreateAsync("/a/x", default);
        NodeStat last = (await tree.CreateAsync("/a/y", default)).Stat;
        NodeChildren children = await tree.GetChildrenAsync("/a");
        Assert.Equal(["x", "y"], children.Names.Order());
        Assert.Equal((2, 2, last.CreatedZxid), (children.Stat.ChildCount, children.Stat.ChildrenVersion, children.Stat.ChildrenZxid));

        await tree.DeleteAsync("/a/x");
        children = await tree.GetChildrenAsync("/a");
        Assert.Equal(["y"], children.Names);
        Assert.Equal((1, 3, 0), (children.Stat.ChildCount, children.Stat.ChildrenVersion, children.Stat.Version));
        Assert.True(children.Stat.ChildrenZxid > last.CreatedZxid);
    }

    [ContractFact]
    public async Task A_path_that_is_none_is_refused()
    {
        await using ICoordinationTree tree = await ConnectAsync();
        string[] none = ["", "a", "/a/", "//", "/a//b", "/./a", "/a/..", "/a\0", "/a\u0001", "/a\u007f", "/a\ue000", "/a\ufff0"];
        foreach (string path in none)
        {
            await FailsAsync(TreeError.BadArguments, () => tree.CreateAsync(path, default));
            await FailsAsync(TreeError.BadArguments, () => tree.GetAsync(path));
            await FailsAsync(TreeError.BadArguments, () => tree.ExistsAsync(path));
            await FailsAsync(TreeError.BadArguments, () => tree.MultiAsync([new TreeOperation.Delete(path)]));
        }
    }

    [ContractFact]
    public async Task The_root_cannot_be_deleted()
    {
        await using ICoordinationTree tree = await ConnectAsync();
        await FailsAsync(TreeError.BadArguments, () => tree.DeleteAsync("/"));
    }

    [ContractFact]
    public async Task Names_with_dots_spaces_and_angle_brackets_are_names()
    {
        await using ICoordinationTree tree = await ConnectAsync();
        foreach (string path in new[] { "/...", "/.a", "/<default>", "/a b", "/ä€" })
        {
            await tree.CreateAsync(path, default);
            Assert.NotNull(await tree.ExistsAsync(path));
        }
    }

    [ContractFact]
    public async Task Sequence_numbers_grow_with_every_child_and_never_come_back()
    {
        await using ICoordinationTree tree = await ConnectAsync();
        await tree.CreateAsync("/q", default);
        Assert.Equal("/q/n-0000000000", (await tree.CreateAsync("/q/n-", default, CreateMode.Sequential)).Path);
        await tree.CreateAsync("/q/other", default);
        Assert.Equal("/q/0000000002", (await tree.CreateAsync("/q/", default, CreateMode.EphemeralSequential)).Path);
        await tree.DeleteAsync("/q/0000000002");
        await tree.DeleteAsync("/q/other");
        Assert.Equal("/q/n-0000000003", (await tree.CreateAsync("/q/n-", default, CreateMode.Sequential)).Path);
    }

    [ContractFact]
    public async Task Ephemeral_nodes_carry_their_session_have_no_children_and_go_with_it()
    {
        await using ICoordinationTree tree = await ConnectAsync();
        ICoordinationTree other = await ConnectAsync();
        Assert.NotEqual(tree.SessionId, other.SessionId);
        NodeStat stat = (await other.CreateAsync("/e", default, CreateMode.Ephemeral)).Stat;
        Assert.Equal(other.SessionId, stat.EphemeralOwner);
        await FailsAsync(TreeError.NoChildrenForEphemerals, () => tree.CreateAsync("/e/x", default));

        await other.DisposeAsync();
        await tree.SyncAsync();
        Assert.Null(await tree.ExistsAsync("/e"));
        Assert.Equal(SessionState.Closed, other.State);
        await FailsAsync(TreeError.SessionExpired, () => other.CreateAsync("/x", default));
        await FailsAsync(TreeError.SessionExpired, () => other.GetAsync("/"));
    }

    [ContractFact]
    public async Task A_session_that_expires_is_told_and_loses_its_ephemerals_and_watches()
    {
        await using ICoordinationTree tree = await ConnectAsync();
        await using ICoordinationTree other = await ConnectAsync();
        var states = Channel.CreateUnbounded<SessionState>();
        var events = new Watched();
        other.StateChanged += state => states.Writer.TryWrite(state);
        await tree.CreateAsync("/a", default);
        await other.GetAsync("/a", events.Add);
        await other.CreateAsync("/e", default, CreateMode.Ephemeral);
        var gone = new Watched();
        await tree.ExistsAsync("/e", gone.Add);

        await ExpireAsync(other);
        Assert.Equal(new WatchEvent(WatchEventType.NodeDeleted, "/e"), await gone.NextAsync());
        SessionState state;
        while ((state = await states.Reader.ReadAsync()) != SessionState.Expired)
        {
            Assert.Equal(SessionState.Disconnected, state);
        }

        Assert.Equal(SessionState.Expired, other.State);
        await FailsAsync(TreeError.SessionExpired, () => other.GetAsync("/a"));
        await tree.SetAsync("/a", default);
        Assert.True(events.IsEmpty);
    }

    [ContractFact]
    public async Task A_multi_happens_whole_under_one_zxid()
    {
        await using ICoordinationTree tree = await ConnectAsync();
        await tree.CreateAsync("/a", default);
        await tree.CreateAsync("/gone", default);
        IReadOnlyList<OperationResult> results = await tree.MultiAsync(
            [
                new TreeOperation.Check("/a", 0),
                new TreeOperation.SetData("/a", Bytes("x"), 0),
                new TreeOperation.Create("/a/b", Bytes("b")),
                new TreeOperation.Create("/a/b/n-", default, CreateMode.Sequential),
                new TreeOperation.Delete("/gone"),
            ]);

        Assert.Equal(5, results.Count);
        Assert.Equal(1, results[1].Stat!.Value.Version);
        Assert.Equal("/a/b", results[2].Path);
        Assert.Equal("/a/b/n-0000000000", results[3].Path);
        Assert.Null(await tree.ExistsAsync("/gone"));
        NodeStat a = (await tree.GetAsync("/a")).Stat;
        Assert.Equal(a.ModifiedZxid, (await tree.GetAsync("/a/b")).Stat.CreatedZxid);
        Assert.Empty(await tree.MultiAsync([]));
    }

    [ContractFact]
    public async Task A_multi_that_fails_does_nothing_and_names_the_operation()
    {
        await using ICoordinationTree tree = await ConnectAsync();
        await tree.CreateAsync("/a", default);
        TreeException failure = await FailsAsync(TreeError.BadVersion, () => tree.MultiAsync(
            [
                new TreeOperation.Create("/b", default),
                new TreeOperation.SetData("/a", Bytes("x")),
                new TreeOperation.Check("/a", 0),
                new TreeOperation.Create("/c", default),
            ]));
        Assert.Equal(2, failure.FailedOperation);
        Assert.Null(await tree.ExistsAsync("/b"));
        Assert.Equal(0, (await tree.GetAsync("/a")).Stat.Version);
    }

    [ContractFact]
    public async Task Zxids_grow_over_all_nodes()
    {
        await using ICoordinationTree tree = await ConnectAsync();
        long last = 0;
        for (int i = 0; i < 20; i++)
        {
            long zxid = (await tree.CreateAsync($"/n{i}", default)).Stat.CreatedZxid;
            Assert.True(zxid > last);
            last = zxid;
        }
    }

    [ContractFact]
    public async Task A_data_watch_fires_once_for_set_and_delete()
    {
        await using ICoordinationTree tree = await ConnectAsync();
        var seen = new Watched();
        await tree.CreateAsync("/a", default);
        await tree.GetAsync("/a", seen.Add);
        await tree.SetAsync("/a", default);
        await tree.SetAsync("/a", default);
        await tree.GetAsync("/a", seen.Add);
        await tree.DeleteAsync("/a");

        Assert.Equal(new WatchEvent(WatchEventType.NodeDataChanged, "/a"), await seen.NextAsync());
        Assert.Equal(new WatchEvent(WatchEventType.NodeDeleted, "/a"), await seen.NextAsync());
        Assert.True(seen.IsEmpty);
    }

    [ContractFact]
    public async Task An_exists_watch_waits_for_a_node_to_come_and_a_get_that_fails_leaves_none()
    {
        await using ICoordinationTree tree = await ConnectAsync();
        var exists = new Watched();
        var get = new Watched();
        await tree.ExistsAsync("/a", exists.Add);
        await FailsAsync(TreeError.NoNode, () => tree.GetAsync("/a", get.Add));
        await FailsAsync(TreeError.NoNode, () => tree.GetChildrenAsync("/a", get.Add));
        await tree.CreateAsync("/a", default);
        Assert.Equal(new WatchEvent(WatchEventType.NodeCreated, "/a"), await exists.NextAsync());
        Assert.True(get.IsEmpty);
    }

    [ContractFact]
    public async Task A_child_watch_fires_for_children_that_come_and_go_and_for_the_node_that_goes()
    {
        await using ICoordinationTree tree = await ConnectAsync();
        var seen = new Watched();
        await tree.CreateAsync("/a", default);
        await tree.GetChildrenAsync("/a", seen.Add);
        await tree.SetAsync("/a", default);
        await tree.CreateAsync("/a/b", default);
        Assert.Equal(new WatchEvent(WatchEventType.NodeChildrenChanged, "/a"), await seen.NextAsync());
        await tree.GetChildrenAsync("/a", seen.Add);
        await tree.SetAsync("/a/b", default);
        await tree.CreateAsync("/a/b/c", default);
        Assert.True(seen.IsEmpty);
        await tree.DeleteAsync("/a/b/c");
        await tree.DeleteAsync("/a/b");
        Assert.Equal(new WatchEvent(WatchEventType.NodeChildrenChanged, "/a"), await seen.NextAsync());
        await tree.GetChildrenAsync("/a", seen.Add);
        await tree.DeleteAsync("/a");
        Assert.Equal(new WatchEvent(WatchEventType.NodeDeleted, "/a"), await seen.NextAsync());
    }

    [ContractFact]
    public async Task The_same_watch_given_twice_is_called_once_and_different_ones_each()
    {
        await using ICoordinationTree tree = await ConnectAsync();
        var seen = new Watched();
        var other = new Watched();
        await tree.CreateAsync("/a", default);
        Action<WatchEvent> watch = seen.Add;
        await tree.GetAsync("/a", watch);
        await tree.ExistsAsync("/a", watch);
        await tree.GetChildrenAsync("/a", watch);
        await tree.GetAsync("/a", other.Add);
        await tree.DeleteAsync("/a");
        Assert.Equal(new WatchEvent(WatchEventType.NodeDeleted, "/a"), await seen.NextAsync());
        Assert.Equal(new WatchEvent(WatchEventType.NodeDeleted, "/a"), await other.NextAsync());
        await tree.CreateAsync("/a", default);
        await tree.ExistsAsync("/a", other.Add);
        await tree.DeleteAsync("/a");
        await other.NextAsync();
        Assert.True(seen.IsEmpty);
    }

    [ContractFact]
    public async Task Watches_of_all_sessions_fire_in_the_order_of_the_changes()
    {
        await using ICoordinationTree tree = await ConnectAsync();
        await using ICoordinationTree other = await ConnectAsync();
        var seen = new Watched();
        string[] paths = [.. Enumerable.Range(0, 50).Select(i => $"/n{i}")];
        await Task.WhenAll(paths.Select(path => other.ExistsAsync(path, seen.Add)));
        Task<CreatedNode>[] creates = [.. paths.Select(path => tree.CreateAsync(path, default))];
        await Task.WhenAll(creates);
        foreach (CreatedNode made in creates.Select(create => create.Result).OrderBy(made => made.Stat.CreatedZxid))
        {
            Assert.Equal(new WatchEvent(WatchEventType.NodeCreated, made.Path), await seen.NextAsync());
        }
    }

    [ContractFact]
    public async Task A_session_sees_after_a_sync_what_another_was_answered()
    {
        await using ICoordinationTree tree = await ConnectAsync();
        await using ICoordinationTree other = await ConnectAsync();
        for (int i = 0; i < 20; i++)
        {
            await tree.CreateAsync($"/n{i}", default);
            await other.SyncAsync();
            Assert.NotNull(await other.ExistsAsync($"/n{i}"));
        }
    }

    [ContractFact]
    public async Task Writes_of_one_session_that_do_not_wait_for_each_other_happen_in_their_order()
    {
        await using ICoordinationTree tree = await ConnectAsync();
        await tree.CreateAsync("/a", default);
        Task<NodeStat>[] sets = [.. Enumerable.Range(0, 100).Select(i => tree.SetAsync("/a", Bytes($"{i}"), i))];
        await Task.WhenAll(sets);
        Assert.Equal("99", Text((await tree.GetAsync("/a")).Data));
    }

    [ContractFact]
    public async Task A_cancelled_call_ends()
    {
        await using ICoordinationTree tree = await ConnectAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => tree.GetAsync("/", cancellation: new CancellationToken(true)));
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => tree.CreateAsync("/a", default, cancellation: new CancellationToken(true)));
    }

    protected static async Task<TreeException> FailsAsync(TreeError error, Func<Task> operation)
    {
        TreeException failure = await Assert.ThrowsAsync<TreeException>(operation);
        Assert.Equal(error, failure.Error);
        return failure;
    }

    protected static byte[] Bytes(string text) => Encoding.UTF8.GetBytes(text);

    protected static string Text(ReadOnlyMemory<byte> data) => Encoding.UTF8.GetString(data.Span);
}
