using System.Security.Cryptography.X509Certificates;
using KLog.Coordination.ZooKeeper;
using KLog.Tests;

namespace KLog.Coordination.Tests.ZooKeeper;

/// <summary>What only ZooKeeper has: many calls under way, credentials, TLS, limits.</summary>
[Collection(ZooKeeperServer.Collection)]
public sealed class SessionTests(ZooKeeperServer server)
{
    [KafkaFact("java")]
    public async Task Ten_thousand_creates_share_the_way()
    {
        await server.NeedAsync();
        await using ZooKeeperTree tree = await ZooKeeperServer.ConnectAsync(server.NewTree(20));
        CreatedNode[] made = await Task.WhenAll(Enumerable.Range(0, 10_000).Select(_ => tree.CreateAsync("/n-", default, CreateMode.Sequential)));
        Assert.Equal("/n-0000009999", made[^1].Path);
        Assert.Equal(made.Select(node => node.Path), made.OrderBy(node => node.Stat.CreatedZxid).Select(node => node.Path));
        Assert.Equal(10_000, (await tree.GetChildrenAsync("/")).Names.Count);
    }

    [KafkaFact("java")]
    public async Task Calls_made_before_the_close_are_answered_and_those_after_it_refused()
    {
        await server.NeedAsync();
        ZooKeeperOptions options = server.NewTree(20);
        ZooKeeperTree tree = await ZooKeeperServer.ConnectAsync(options);
        Task<CreatedNode>[] before = [.. Enumerable.Range(0, 3000).Select(i => tree.CreateAsync($"/n{i}", default))];
        Task closing = tree.DisposeAsync().AsTask();
        Task<CreatedNode> meanwhile = tree.CreateAsync("/meanwhile", default);
        await closing;
        Task<CreatedNode> after = tree.CreateAsync("/after", default);
        await Task.WhenAll(before);
        Assert.True(meanwhile.IsCompleted);
        Assert.Equal(TreeError.SessionExpired, (await Assert.ThrowsAsync<TreeException>(() => after)).Error);
        await using ZooKeeperTree other = await ZooKeeperServer.ConnectAsync(options);
        int there = (await other.GetChildrenAsync("/")).Names.Count;
        Assert.InRange(there, 3000, 3001);
    }

    [KafkaFact("java")]
    public async Task What_a_user_made_is_the_users_and_all_read_it_but_the_secrets()
    {
        await server.NeedAsync();
        ZooKeeperOptions options = server.NewTree();
        await using ZooKeeperTree owner = await ZooKeeperServer.ConnectAsync(options with { Sasl = ZooKeeperServer.User, SetAcl = true });
        await using ZooKeeperTree stranger = await ZooKeeperServer.ConnectAsync(options);
        await owner.CreateAsync("/config", default);
        await owner.CreateAsync("/config/users", default);
        await owner.CreateAsync("/consumers", default);
        await owner.SetAsync("/config/users", default);

        await stranger.GetAsync("/config");
        await FailsAsync(TreeError.NoAuth, () => stranger.SetAsync("/config", default));
        await FailsAsync(TreeError.NoAuth, () => stranger.GetAsync("/config/users"));
        await FailsAsync(TreeError.NoAuth, () => stranger.MultiAsync([new TreeOperation.Create("/config/x", default)]));
        await stranger.CreateAsync("/consumers/mine", default);
    }

    [KafkaFact("java")]
    public async Task A_wrong_password_opens_no_session_and_is_told_at_once()
    {
        await server.NeedAsync();
        ZooKeeperOptions options = server.NewTree() with { Sasl = new SaslCredentials("broker", "wrong") };
        await FailsAsync(TreeError.AuthFailed, () => ZooKeeperServer.ConnectAsync(options));
    }

    [KafkaFact("java")]
    public async Task A_user_is_the_same_after_a_reconnect()
    {
        await server.NeedAsync();
        var network = new BreakableTransport();
        await using ZooKeeperTree owner = await ZooKeeperServer.ConnectAsync(server.NewTree(20) with { Sasl = ZooKeeperServer.User, SetAcl = true }, network);
        await owner.CreateAsync("/config", default);
        network.Cut();
        await owner.SyncAsync().ContinueWith(_ => { }, TaskScheduler.Default);
        await owner.SetAsync("/config", default);
        Assert.Equal(2, network.Connections);
    }

    [KafkaFact("java")]
    public async Task Over_tls_a_client_is_its_certificate()
    {
        await server.NeedAsync();
        ZooKeeperOptions plain = server.NewTree();
        ZooKeeperOptions secure = plain with
        {
            Servers = plain.Servers with { Servers = [server.Secure] },
            SetAcl = true,
            Tls = new ZooKeeperTls { Trusted = [server.Certificates.Signer], Client = [server.Certificates.Client] },
        };
        await using ZooKeeperTree owner = await ZooKeeperServer.ConnectAsync(secure);
        await using ZooKeeperTree stranger = await ZooKeeperServer.ConnectAsync(plain);
        await owner.CreateAsync("/a", new byte[300_000]);
        Assert.Equal(300_000, (await stranger.GetAsync("/a")).Data.Length);
        await FailsAsync(TreeError.NoAuth, () => stranger.SetAsync("/a", default));
    }

    [KafkaFact("java")]
    public async Task A_server_that_is_not_trusted_and_a_client_without_a_certificate_do_not_come_together()
    {
        await server.NeedAsync();
        ZooKeeperOptions plain = server.NewTree() with { ConnectionTimeout = TimeSpan.FromSeconds(1) };
        ZooKeeperOptions secure = plain with { Servers = plain.Servers with { Servers = [server.Secure] } };
        X509Certificate2Collection trusted = [server.Certificates.Signer];
        X509Certificate2Collection own = [server.Certificates.Client];
        await FailsAsync(TreeError.ConnectionLoss, () => ZooKeeperServer.ConnectAsync(secure with { Tls = new ZooKeeperTls { Client = own, Trusted = own } }));
        await FailsAsync(TreeError.ConnectionLoss, () => ZooKeeperServer.ConnectAsync(secure with { Tls = new ZooKeeperTls { Trusted = trusted } }));
    }

    [KafkaFact("java")]
    public async Task What_is_longer_than_the_limit_fails_alone_and_says_so()
    {
        await server.NeedAsync();
        ZooKeeperOptions options = server.NewTree(20);
        await using ZooKeeperTree large = await ZooKeeperServer.ConnectAsync(options);
        await using ZooKeeperTree small = await ZooKeeperServer.ConnectAsync(options with { MaxBufferBytes = 1000 });
        await large.CreateAsync("/a", new byte[1000]);
        Assert.Contains("jute.maxbuffer", (await FailsAsync(TreeError.MarshallingError, () => small.CreateAsync("/b", new byte[1000]))).Message, StringComparison.Ordinal);
        Assert.Contains("jute.maxbuffer", (await FailsAsync(TreeError.MarshallingError, () => small.GetAsync("/a"))).Message, StringComparison.Ordinal);
        Assert.NotNull(await small.ExistsAsync("/a"));
    }

    private static async Task<TreeException> FailsAsync(TreeError error, Func<Task> operation)
    {
        TreeException failure = await Assert.ThrowsAsync<TreeException>(operation);
        Assert.True(failure.Error == error, $"{error} was expected: {failure.Message}");
        return failure;
    }
}
