using System.Net;
using KLog.Broker.Configuration;
using KLog.Broker.Controller;
using KLog.Broker.Metadata;
using KLog.Broker.Network;
using KLog.Broker.Requests;
using KLog.Coordination.Embedded;
using KLog.Coordination.Registries;
using KLog.Protocol;

namespace KLog.Broker.Tests.Controller;

/// <summary>A controller over a tree in memory; it can be started again over the same tree, as another process.</summary>
internal sealed class TestController : IAsyncDisposable
{
    private TestController(EmbeddedTree tree, string[] properties)
    {
        Tree = tree;
        Session = tree.Connect();
        Dictionary<string, string> file = properties.Select(line => line.Split('=', 2)).ToDictionary(pair => pair[0], pair => pair[1]);
        Config = new LiveBrokerConfig(BrokerConfig.From(new ConfigLayers(ConfigLayers.None, ConfigLayers.None, file, ConfigLayers.None)));
        Loop = new ControllerLoop(Session, 0, Config, Replicas, View, TimeProvider.System, new Random(1), Log);
    }

    public EmbeddedTree Tree { get; }

    public EmbeddedSession Session { get; }

    public LiveBrokerConfig Config { get; }

    public RecordedReplicas Replicas { get; } = new();

    public RecordedLog Log { get; } = new();

    public ClusterView View { get; } = new();

    public ControllerLoop Loop { get; }

    public static async Task<TestController> StartAsync(params string[] properties)
    {
        TestController controller = Prepare(EmbeddedTree.InMemory(TimeProvider.System), properties);
        await controller.BeginAsync();
        return controller;
    }

    public static TestController Prepare(EmbeddedTree tree, params string[] properties) => new(tree, properties);

    public static RequestContext Context(ApiKey key, short version) =>
        new(new ConnectionInfo("1", "PLAINTEXT", new IPEndPoint(IPAddress.Loopback, 1234), CancellationToken.None), key, version, 1, "test");

    public async Task BeginAsync(int otherBrokers = 0)
    {
        string clusterId = await BrokerMembership.PrepareAsync(Session, "zz_m9urkTIa-9FfJc6jlLA");
        for (int id = 0; id <= otherBrokers; id++)
        {
            var endpoint = new BrokerEndpoint("PLAINTEXT", "PLAINTEXT", "localhost", 9092 + id);
            await BrokerMembership.RegisterAsync(Session, new BrokerRegistration(id, [endpoint], null, 1));
        }

        await Loop.StartAsync(clusterId);
    }

    /// <summary>Ends this process, and starts another on the same tree.</summary>
    public async Task<TestController> RestartAsync(Action<TestController>? before = null)
    {
        await Loop.DisposeAsync();
        await Session.DisposeAsync();
        TestController next = Prepare(Tree);
        before?.Invoke(next);
        await next.BeginAsync();
        return next;
    }

    public async Task<TopicResult> CreateAsync(NewTopic topic, bool validateOnly = false) =>
        Assert.Single(await Loop.CreateTopicsAsync([topic], validateOnly));

    public Task<TopicResult> CreateAsync(string topic, int partitions = 1, short replicationFactor = 1) =>
        CreateAsync(new NewTopic(topic, partitions, replicationFactor, null, []));

    public async Task<TopicResult> GrowAsync(string topic, int count, IReadOnlyList<IReadOnlyList<int>>? assignments = null, bool validateOnly = false) =>
        Assert.Single(await Loop.CreatePartitionsAsync([new GrowingTopic(topic, count, assignments)], validateOnly));

    public async ValueTask DisposeAsync()
    {
        await Loop.DisposeAsync();
        await Tree.DisposeAsync();
    }
}
