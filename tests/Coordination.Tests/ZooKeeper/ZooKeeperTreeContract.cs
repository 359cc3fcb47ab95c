using KLog.Coordination.ZooKeeper;

namespace KLog.Coordination.Tests.ZooKeeper;

[NeedsKafka]
[Collection(ZooKeeperServer.Collection)]
public sealed class ZooKeeperTreeContract(ZooKeeperServer server) : TreeContract, IAsyncLifetime
{
    private ZooKeeperOptions _options = null!;

    public async Task InitializeAsync()
    {
        await server.NeedAsync();
        _options = server.NewTree();
    }

    public Task DisposeAsync() => Task.CompletedTask;

    protected override async Task<ICoordinationTree> ConnectAsync() => await ZooKeeperServer.ConnectAsync(_options);

    protected override Task ExpireAsync(ICoordinationTree session) => server.ExpireAsync((ZooKeeperTree)session);
}
