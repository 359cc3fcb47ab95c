using System.Text;
using KLog.Coordination.Embedded;
using KLog.Coordination.Registries;
using KLog.Protocol;

namespace KLog.Coordination.Tests.Registries;

/// <summary>The registries against what Kafka 3.9.2 wrote into ZooKeeper in the same situation.</summary>
public sealed class RegistryTests : IAsyncLifetime
{
    private readonly EmbeddedTree _tree = EmbeddedTree.InMemory(TimeProvider.System);
    private EmbeddedSession _session = null!;

    public async Task InitializeAsync()
    {
        _session = _tree.Connect();
        foreach (string path in Paths.MadeAtStart)
        {
            await _session.EnsureAsync(path);
        }
    }

    public async Task DisposeAsync() => await _tree.DisposeAsync();

    [Fact]
    public async Task A_broker_registers_as_Kafka_does()
    {
        const string Written = """{"features":{},"listener_security_protocol_map":{"PLAINTEXT":"PLAINTEXT"},"endpoints":["PLAINTEXT://127.0.0.1:19920"],"rack":"r1","jmx_port":-1,"port":19920,"host":"127.0.0.1","version":5,"timestamp":"1795515570086"}""";
        var brokers = new BrokerRegistry(_session);
        var broker = new BrokerRegistration(0, [new BrokerEndpoint("PLAINTEXT", "PLAINTEXT", "127.0.0.1", 19920)], "r1", 1795515570086);
        long epoch = await brokers.RegisterAsync(broker);

        Assert.Equal(Written, await TextAsync(Paths.Broker(0)));
        Node node = await _session.GetAsync(Paths.Broker(0));
        Assert.Equal((_session.SessionId, epoch), (node.Stat.EphemeralOwner, node.Stat.CreatedZxid));
        BrokerRegistration read = Assert.Single(await brokers.ListAsync());
        Assert.Equal((broker.Endpoints[0], "r1", epoch, 1795515570086), (read.Endpoints[0], read.Rack, read.Epoch, read.TimestampMs));
        TreeException twice = await Assert.ThrowsAsync<TreeException>(() => brokers.RegisterAsync(broker));
        Assert.Equal(TreeError.NodeExists, twice.Error);
    }

    [Theory]
    [InlineData("""{"jmx_port":9999,"timestamp":"2233345666","host":"h","version":1,"port":9092}""", "PLAINTEXT://h:9092", "PLAINTEXT")]
    [InlineData("""{"version":2,"host":"h","port":9092,"jmx_port":9999,"timestamp":1,"endpoints":["SSL://h:9093"]}""", "SSL://h:9093", "SSL")]
    [InlineData("""{"version":4,"host":null,"port":-1,"jmx_port":-1,"timestamp":"1","endpoints":["INSIDE://[::1]:9093"],"listener_security_protocol_map":{"INSIDE":"SASL_SSL"},"rack":null}""", "INSIDE://[::1]:9093", "SASL_SSL")]
    public async Task Registrations_of_older_brokers_are_read(string json, string endpoint, string protocol)
    {
        await _session.CreateAsync(Paths.Broker(7), Encoding.UTF8.GetBytes(json), CreateMode.Ephemeral);
        BrokerRegistration broker = (await new BrokerRegistry(_session).FindAsync(7))!;
        Assert.Equal(endpoint, broker.Endpoints[0].ToString());
        Assert.Equal(protocol, broker.Endpoints[0].SecurityProtocol);
        Assert.Null(broker.Rack);
    }

    [Fact]
    public async Task A_node_that_holds_something_else_is_named()
    {
        await _session.CreateAsync(Paths.Broker(7), "what"u8.ToArray(), CreateMode.Ephemeral);
        var e = await Assert.ThrowsAsync<InvalidDataException>(() => new BrokerRegistry(_session).FindAsync(7));
        Assert.Contains("/brokers/ids/7", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_topic_is_made_with_its_configs_as_Kafka_does()
    {
        const string Written = """{"partitions":{"0":[0],"1":[0]},"topic_id":"SUDdWenoR46LaSX6RhrPgw","adding_replicas":{},"removing_replicas":{},"version":3}""";
        var topics = new TopicRegistry(_session);
        var topic = new TopicAssignment("t1", UuidText.Parse("SUDdWenoR46LaSX6RhrPgw"), new Dictionary<int, ReplicaAssignment> { [1] = new([0]), [0] = new([0]) });
        await topics.CreateAsync(topic, new Dictionary<string, string> { ["retention.ms"] = "1234567", ["cleanup.policy"] = "compact,delete" });

        Assert.Equal(Written, await TextAsync("/brokers/topics/t1"));
        Assert.Equal("""{"version":1,"config":{"cleanup.policy":"compact,delete","retention.ms":"1234567"}}""", await TextAsync("/config/topics/t1"));
        TreeException twice = await Assert.ThrowsAsync<TreeException>(() => topics.CreateAsync(topic, new Dictionary<string, string>()));
        Assert.Equal(TreeError.NodeExists, twice.Error);
        Assert.Equal(["t1"], await topics.ListNamesAsync());
    }

    [Fact]
    public async Task A_reassignment_is_written_and_read()
    {
        const string Written = """{"partitions":{"0":[2,1,0]},"topic_id":"SUDdWenoR46LaSX6RhrPgw","adding_replicas":{"0":[2]},"removing_replicas":{"0":[0]},"version":3}""";
        var topics = new TopicRegistry(_session);
        var topic = new TopicAssignment("t1", UuidText.Parse("SUDdWenoR46LaSX6RhrPgw"), new Dictionary<int, ReplicaAssignment> { [0] = new([1, 0]) });
        await topics.CreateAsync(topic, new Dictionary<string, string>());
        TopicAssignment read = (await topics.FindAsync("t1"))!;
        await topics.UpdateAsync(read with { Partitions = new Dictionary<int, ReplicaAssignment> { [0] = new([2, 1, 0], [2], [0]) } });
        Assert.Equal(Written, await TextAsync("/brokers/topics/t1"));
        ReplicaAssignment partition = (await topics.FindAsync("t1"))!.Partitions[0];
        Assert.Equal("2,1,0 2 0", $"{string.Join(',', partition.Replicas)} {string.Join(',', partition.Adding)} {string.Join(',', partition.Removing)}");
        Assert.Equal(TreeError.BadVersion, (await Assert.ThrowsAsync<TreeException>(() => topics.UpdateAsync(read))).Error);
    }

    [Fact]
    public async Task Partition_states_are_written_within_the_controllers_fence()
    {
        var states = new PartitionStateRegistry(_session);
        await new TopicRegistry(_session).CreateAsync(new TopicAssignment("t1", Guid.NewGuid(), new Dictionary<int, ReplicaAssignment>()), new Dictionary<string, string>());
        ControllerFence fence = (await new ControllerRegistry(_session).ElectAsync(0, 1))!.Value;
        await states.CreateAsync("t1", new Dictionary<int, PartitionState> { [0] = new(0, 0, [0], fence.Epoch) }, fence);
        await states.CreateAsync("t1", new Dictionary<int, PartitionState> { [1] = new(0, 0, [0, 2], fence.Epoch) }, fence);

        Assert.Equal("""{"controller_epoch":1,"leader":0,"version":1,"leader_epoch":0,"isr":[0]}""", await TextAsync("/brokers/topics/t1/partitions/0/state"));
        var partition = new TopicPartition("t1", 1);
        PartitionState read = (await states.FindAsync(partition))!;
        Assert.Equal([0, 2], read.Isr);
        var next = new Dictionary<TopicPartition, PartitionState> { [partition] = read with { Leader = 2, LeaderEpoch = 1, Isr = [2] } };
        Assert.Equal(1, (await states.UpdateAsync(next, fence))[partition].NodeVersion);
        Assert.Equal(2, (await states.FindAsync(partition))!.Leader);

        var former = new ControllerFence(0, fence.EpochNodeVersion - 1);
        next[partition] = (await states.FindAsync(partition))!;
        Assert.Equal(TreeError.BadVersion, (await Assert.ThrowsAsync<TreeException>(() => states.UpdateAsync(next, former))).Error);
        Assert.Null(await states.FindAsync(new TopicPartition("t1", 2)));
    }

    [Fact]
    public async Task A_topic_that_is_removed_leaves_nothing()
    {
        var topics = new TopicRegistry(_session);
        ControllerFence fence = (await new ControllerRegistry(_session).ElectAsync(0, 1))!.Value;
        await topics.CreateAsync(new TopicAssignment("t1", Guid.NewGuid(), new Dictionary<int, ReplicaAssignment>()), new Dictionary<string, string>());
        await new PartitionStateRegistry(_session).CreateAsync("t1", new Dictionary<int, PartitionState> { [0] = new(0, 0, [0], 1), [1] = new(0, 0, [0], 1) }, fence);
        await topics.MarkForDeletionAsync("t1");
        await topics.MarkForDeletionAsync("t1");
        Assert.Equal(["t1"], await topics.ListMarkedForDeletionAsync());
        await topics.RemoveAsync("t1", fence);
        Assert.Empty(await topics.ListNamesAsync());
        Assert.Empty(await topics.ListMarkedForDeletionAsync());
        Assert.Null(await _session.ExistsAsync("/config/topics/t1"));
    }

    [Fact]
    public async Task Configs_are_set_with_a_notification()
    {
        var configs = new ConfigRegistry(_session);
        var seen = new Watched();
        Assert.Empty(await configs.ListChangesAsync(-1, seen.Add));
        await configs.SetAsync(ConfigRegistry.Brokers, ConfigRegistry.Default, new Dictionary<string, string> { ["log.retention.ms"] = "100000" });
        Assert.Equal(new WatchEvent(WatchEventType.NodeChildrenChanged, "/config/changes"), await seen.NextAsync());
        await configs.SetAsync(ConfigRegistry.Topics, "t1", new Dictionary<string, string> { ["a"] = "<\"ü+>" });

        Assert.Equal("""{"version":1,"config":{"log.retention.ms":"100000"}}""", await TextAsync("/config/brokers/<default>"));
        Assert.Equal("""{"version":2,"entity_path":"brokers/<default>"}""", await TextAsync("/config/changes/config_change_0000000000"));
        Assert.Equal("<\"ü+>", (await configs.GetAsync(ConfigRegistry.Topics, "t1"))["a"]);
        Assert.Empty(await configs.GetAsync(ConfigRegistry.Topics, "t2"));
        ConfigChange change = Assert.Single(await configs.ListChangesAsync(0));
        Assert.Equal((1L, "topics", "t1"), (change.Number, change.Type, change.Entity));
        Assert.Equal(["<default>"], await configs.ListAsync(ConfigRegistry.Brokers));

        await configs.PurgeChangesAsync(long.MaxValue);
        Assert.Empty(await configs.ListChangesAsync(-1));
    }

    [Theory]
    [InlineData("a group", "a%20group")]
    [InlineData("a/b.c-d_e~*", "a%2Fb.c-d_e~%2A")]
    [InlineData("..", "%2E%2E")]
    [InlineData("%2E", "%252E")]
    public async Task A_group_may_have_any_name(string group, string node)
    {
        var configs = new ConfigRegistry(_session);
        await configs.SetAsync(ConfigRegistry.Groups, group, new Dictionary<string, string> { ["a"] = "1" });
        Assert.Equal("""{"version":1,"config":{"a":"1"}}""", await TextAsync($"/config/groups/{node}"));
        Assert.Equal("1", (await configs.GetAsync(ConfigRegistry.Groups, group))["a"]);
        Assert.Equal([group], await configs.ListAsync(ConfigRegistry.Groups));
        Assert.Equal(group, Assert.Single(await configs.ListChangesAsync(-1)).Entity);
    }

    [Fact]
    public async Task One_broker_at_a_time_is_the_controller_and_each_has_a_higher_epoch()
    {
        await using EmbeddedSession other = _tree.Connect();
        var here = new ControllerRegistry(_session);
        var there = new ControllerRegistry(other);
        Assert.Null(await here.FindAsync());
        ControllerFence first = (await there.ElectAsync(5, 1795515570224))!.Value;
        Assert.Equal("""{"version":2,"brokerid":5,"timestamp":"1795515570224","kraftControllerEpoch":-1}""", await TextAsync("/controller"));
        Assert.Equal("1", await TextAsync("/controller_epoch"));
        Assert.Equal((1, 1), (first.Epoch, first.EpochNodeVersion));
        Assert.Null(await here.ElectAsync(0, 1));

        var seen = new Watched();
        Assert.Equal(5, await here.FindAsync(seen.Add));
        await other.DisposeAsync();
        Assert.Equal(new WatchEvent(WatchEventType.NodeDeleted, "/controller"), await seen.NextAsync());
        ControllerFence second = (await here.ElectAsync(0, 1))!.Value;
        Assert.Equal((2, 2), (second.Epoch, second.EpochNodeVersion));
        await here.ResignAsync(first);
        Assert.Equal(0, await here.FindAsync());
        await here.ResignAsync(second);
        Assert.Null(await here.FindAsync());
    }

    [Fact]
    public async Task The_cluster_id_is_made_once()
    {
        var clusters = new ClusterIdRegistry(_session);
        Assert.Equal("zz_m9urkTIa-9FfJc6jlLA", await clusters.GetOrCreateAsync("zz_m9urkTIa-9FfJc6jlLA"));
        Assert.Equal("""{"version":"1","id":"zz_m9urkTIa-9FfJc6jlLA"}""", await TextAsync("/cluster/id"));
        Assert.Equal("zz_m9urkTIa-9FfJc6jlLA", await clusters.GetOrCreateAsync("another"));
    }

    [Fact]
    public async Task Producer_id_blocks_follow_each_other()
    {
        var blocks = new ProducerIdBlocks(_session);
        Assert.Equal(new ProducerIdBlock(0, 999), await blocks.TakeAsync(0));
        Assert.Equal("""{"version":1,"broker":0,"block_start":"0","block_end":"999"}""", await TextAsync("/latest_producer_id_block"));
        ProducerIdBlock[] taken = await Task.WhenAll(Enumerable.Range(0, 20).Select(i => blocks.TakeAsync(i)));
        Assert.Equal(Enumerable.Range(1, 20).Select(i => new ProducerIdBlock(i * 1000L, (i * 1000L) + 999)), taken.OrderBy(block => block.First));
    }

    [Fact]
    public void Ids_are_written_as_Kafka_writes_them()
    {
        Guid id = UuidText.Parse("SUDdWenoR46LaSX6RhrPgw");
        Assert.Equal("4940dd59-e9e8-478e-8b69-25fa461acf83", id.ToString());
        Assert.Equal("SUDdWenoR46LaSX6RhrPgw", UuidText.Format(id));
        Assert.Throws<FormatException>(() => UuidText.Parse("SUDd"));
        Assert.Equal(id, UuidText.Parse(UuidText.Format(id)));
    }

    private async Task<string> TextAsync(string path) => Encoding.UTF8.GetString((await _session.GetAsync(path)).Data.Span);
}
