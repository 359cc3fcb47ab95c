using KLog.Broker.Configuration;
using KLog.Broker.Controller;
using KLog.Broker.Replication;
using KLog.Broker.Storage;
using KLog.Coordination.Registries;
using KLog.Protocol;
using Microsoft.Extensions.Logging.Abstractions;

namespace KLog.Broker.Tests.Controller;

public sealed class LocalReplicasTests : IAsyncLifetime
{
    private static readonly TopicPartition T0 = new("t", 0);

    private readonly string _folder = Directory.CreateTempSubdirectory("klog-replicas-").FullName;
    private readonly LiveBrokerConfig _config = new(BrokerConfig.From(new ConfigLayers(ConfigLayers.None, ConfigLayers.None, ConfigLayers.None, ConfigLayers.None)));
    private LogStore _logs = null!;
    private ReplicaSet _replicas = null!;
    private LocalReplicas _local = null!;

    public Task InitializeAsync()
    {
        _logs = LogStore.Open(new LogStoreOptions { Directories = [_folder], ConfigOf = _ => LogConfig.Default }, TimeProvider.System, NullLogger.Instance);
        _replicas = new ReplicaSet(_logs);
        _local = new LocalReplicas(_logs, _replicas, _config);
        return Task.CompletedTask;
    }

    public async Task DisposeAsync()
    {
        await _logs.DisposeAsync();
        Directory.Delete(_folder, recursive: true);
    }

    [Fact]
    public void A_new_partition_gets_a_log_with_the_topics_configs()
    {
        var id = Guid.NewGuid();
        _local.BecomeLeader(Role(id, isNew: true, ("retention.ms", "5000")));
        PartitionLog log = _logs.Find(T0)!;
        Assert.Equal((id, 5000L), (log.TopicId, log.Config.RetentionMs));
        Assert.Equal([T0], _local.Present);
        Assert.Equal(3, _replicas.Find("t", 0)!.Leadership!.LeaderEpoch);
        _local.Delete(T0);
        Assert.Null(_logs.Find(T0));
        Assert.Null(_replicas.Find("t", 0));
        _local.Delete(T0);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void A_folder_of_another_topic_of_the_same_name_is_not_taken(bool isNew)
    {
        var former = Guid.NewGuid();
        _logs.Create(T0, former, LogConfig.Default);
        Assert.Throws<IOException>(() => _local.BecomeLeader(Role(Guid.NewGuid(), isNew)));
        Assert.Null(_replicas.Find("t", 0));
        Assert.Equal(former, _logs.Find(T0)!.TopicId);
    }

    [Fact]
    public void A_folder_without_an_id_gets_the_topics_but_not_when_the_partition_is_new()
    {
        _logs.Create(T0, Guid.Empty, LogConfig.Default);
        var id = Guid.NewGuid();
        Assert.Throws<IOException>(() => _local.BecomeLeader(Role(id, isNew: true)));
        _local.BecomeLeader(Role(id, isNew: false));
        Assert.Equal(id, _logs.Find(T0)!.TopicId);
        _local.BecomeLeader(Role(id, isNew: false));
    }

    private static ReplicaRole Role(Guid id, bool isNew, params (string Name, string Value)[] configs) => new(
        T0,
        id,
        new ReplicaAssignment([0]),
        new PartitionState(0, 3, [0], 1),
        configs.ToDictionary(config => config.Name, config => config.Value),
        isNew);
}
