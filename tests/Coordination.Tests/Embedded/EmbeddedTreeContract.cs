using KLog.Coordination.Embedded;

namespace KLog.Coordination.Tests.Embedded;

public sealed class EmbeddedTreeOnDisk : TreeContract, IAsyncLifetime
{
    private readonly string _folder = Directory.CreateTempSubdirectory("klog-tree-").FullName;
    private EmbeddedTree _tree = null!;

    public Task InitializeAsync()
    {
        _tree = EmbeddedTree.Open(_folder, TimeProvider.System);
        return Task.CompletedTask;
    }

    public async Task DisposeAsync()
    {
        await _tree.DisposeAsync();
        Directory.Delete(_folder, recursive: true);
    }

    [Fact]
    public async Task A_second_process_does_not_open_the_same_tree()
    {
        Assert.Throws<IOException>(() => EmbeddedTree.Open(_folder, TimeProvider.System));
        await _tree.DisposeAsync();
        await using EmbeddedTree again = EmbeddedTree.Open(_folder, TimeProvider.System);
    }

    [Fact]
    public async Task Everything_but_ephemerals_is_there_when_the_tree_opens_again_and_zxids_go_on()
    {
        EmbeddedSession before = _tree.Connect();
        await before.CreateAsync("/a", Bytes("x"));
        await before.SetAsync("/a", Bytes("y"));
        await before.CreateAsync("/a/b", default);
        NodeStat last = (await before.CreateAsync("/a/c", default)).Stat;
        await before.DeleteAsync("/a/c");
        Node a = await before.GetAsync("/a");
        await _tree.DisposeAsync();

        _tree = EmbeddedTree.Open(_folder, TimeProvider.System);
        EmbeddedSession after = _tree.Connect();
        Node read = await after.GetAsync("/a");
        Assert.Equal("y", Text(read.Data));
        Assert.Equal(a.Stat, read.Stat);
        Assert.True((await after.CreateAsync("/z", default)).Stat.CreatedZxid > last.CreatedZxid + 1);
    }

    [Fact]
    public void The_files_are_files_with_names_of_their_own()
    {
        Assert.Empty(Directory.GetDirectories(_folder));
        Assert.All(Directory.GetFiles(_folder), file => Assert.StartsWith("klog-tree.", Path.GetFileName(file), StringComparison.Ordinal));
    }

    protected override Task<ICoordinationTree> ConnectAsync() => Task.FromResult<ICoordinationTree>(_tree.Connect());

    protected override Task ExpireAsync(ICoordinationTree session) => ((EmbeddedSession)session).ExpireAsync();
}

public sealed class EmbeddedTreeInMemory : TreeContract, IAsyncLifetime
{
    private readonly EmbeddedTree _tree = EmbeddedTree.InMemory(TimeProvider.System);

    public Task InitializeAsync() => Task.CompletedTask;

    public async Task DisposeAsync() => await _tree.DisposeAsync();

    protected override Task<ICoordinationTree> ConnectAsync() => Task.FromResult<ICoordinationTree>(_tree.Connect());

    protected override Task ExpireAsync(ICoordinationTree session) => ((EmbeddedSession)session).ExpireAsync();
}
