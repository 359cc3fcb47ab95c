using KLog.Broker.Groups;
using KLog.Broker.Storage;

namespace KLog.Broker.Configuration;

/// <summary>
/// The broker's configuration at one moment: checked, typed, never changed. A dynamic change makes another one (see
/// <see cref="LiveBrokerConfig"/>). Sizes are bytes; times are milliseconds.
/// </summary>
public sealed class BrokerConfig(ConfigLayers layers, ConfigReader read)
{
    public ConfigLayers Layers => layers;

    /// <exception cref="ConfigurationException">Something is not valid; every mistake is named.</exception>
    public static BrokerConfig From(ConfigLayers layers)
    {
        List<InvalidConfigException> problems = [];
        ConfigReader read = new(BrokerDefinitions.All, layers.Find, problems);
        BrokerConfig config = new(layers, read);
        BrokerConfigRules.Check(config, read);
        ConfigurationException.ThrowIfAny(problems);
        return config;
    }

    /// <summary>-1: not set; the number in the data folder's meta.properties counts, else 0 (embedded coordination).</summary>
    public int BrokerId { get; } = read.Int("broker.id") is >= 0 and int id ? id : read.Int("node.id");

    public string? BrokerRack { get; } = read.TextOrNull("broker.rack");

    public IReadOnlyList<ListenerAddress> Listeners { get; } = ListenerSettings.Addresses(read, "listeners") ?? [];

    /// <summary>
    /// What clients are told, found by <see cref="ListenerAddress.Name"/>; a port 0 stands for the bound one, an empty host
    /// for the machine's name. A listener may be missing: it is not told to anybody.
    /// </summary>
    public IReadOnlyList<ListenerAddress> AdvertisedListeners { get; } =
        ListenerSettings.Addresses(read, "advertised.listeners") ?? ListenerSettings.Addresses(read, "listeners") ?? [];

    public string InterBrokerListenerName { get; } = ListenerSettings.InterBrokerName(read);

    public int SocketRequestMaxBytes { get; } = read.Int("socket.request.max.bytes");

    /// <summary>-1: no limit.</summary>
    public long QueuedMaxRequestBytes { get; } = read.Long("queued.max.request.bytes");

    public int MaxConnections { get; } = read.Int("max.connections");

    public int MaxConnectionsPerIp { get; } = read.Int("max.connections.per.ip");

    /// <summary>By host name or address as written in the file.</summary>
    public IReadOnlyDictionary<string, int> MaxConnectionsPerIpOverrides { get; } =
        ConnectionOverrides.TryParse(read.Text("max.connections.per.ip.overrides"), out Dictionary<string, int> limits) ? limits : [];

    /// <summary>Negative: never.</summary>
    public long ConnectionsMaxIdleMs { get; } = read.Long("connections.max.idle.ms");

    /// <summary>-1: the kernel's own.</summary>
    public int SocketSendBufferBytes { get; } = read.Int("socket.send.buffer.bytes");

    /// <summary>-1: the kernel's own.</summary>
    public int SocketReceiveBufferBytes { get; } = read.Int("socket.receive.buffer.bytes");

    public int SocketListenBacklogSize { get; } = read.Int("socket.listen.backlog.size");

    public int FetchMaxBytes { get; } = read.Int("fetch.max.bytes");

    public int MaxIncrementalFetchSessionCacheSlots { get; } = read.Int("max.incremental.fetch.session.cache.slots");

    public int MaxRequestPartitionSizeLimit { get; } = read.Int("max.request.partition.size.limit");

    public IReadOnlyList<string> LogDirs { get; } = read.List("log.dirs") is { Length: > 0 } dirs ? dirs : read.List("log.dir") ?? [];

    public int NumRecoveryThreadsPerDataDir { get; } = read.Int("num.recovery.threads.per.data.dir");

    public long LogRetentionCheckIntervalMs { get; } = read.Long("log.retention.check.interval.ms");

    public long LogFlushSchedulerIntervalMs { get; } = read.Long("log.flush.scheduler.interval.ms");

    public int LogFlushOffsetCheckpointIntervalMs { get; } = read.Int("log.flush.offset.checkpoint.interval.ms");

    public int LogFlushStartOffsetCheckpointIntervalMs { get; } = read.Int("log.flush.start.offset.checkpoint.interval.ms");

    public long LogInitialTaskDelayMs { get; } = read.Long("log.initial.task.delay.ms");

    public int ProducerIdExpirationMs { get; } = read.Int("producer.id.expiration.ms");

    public int ProducerIdExpirationCheckIntervalMs { get; } = read.Int("producer.id.expiration.check.interval.ms");

    public long ReplicaHighWatermarkCheckpointIntervalMs { get; } = read.Long("replica.high.watermark.checkpoint.interval.ms");

    public CleanerOptions Cleaner { get; } = new()
    {
        IsEnabled = read.Boolean("log.cleaner.enable"),
        Threads = read.Int("log.cleaner.threads"),
        DedupeBufferBytes = read.Long("log.cleaner.dedupe.buffer.size"),
        LoadFactor = read.Double("log.cleaner.io.buffer.load.factor"),
        IoBufferBytes = read.Int("log.cleaner.io.buffer.size"),
        IoMaxBytesPerSecond = read.Double("log.cleaner.io.max.bytes.per.second"),
        BackoffMs = read.Long("log.cleaner.backoff.ms"),
    };

    public int NumPartitions { get; } = read.Int("num.partitions");

    public int DefaultReplicationFactor { get; } = read.Int("default.replication.factor");

    public bool AutoCreateTopicsEnable { get; } = read.Boolean("auto.create.topics.enable");

    public bool DeleteTopicEnable { get; } = read.Boolean("delete.topic.enable");

    public int OffsetsTopicNumPartitions { get; } = read.Int("offsets.topic.num.partitions");

    public short OffsetsTopicReplicationFactor { get; } = read.Short("offsets.topic.replication.factor");

    public int OffsetsTopicSegmentBytes { get; } = read.Int("offsets.topic.segment.bytes");

    public int OffsetsTopicCompressionCodec { get; } = read.Int("offsets.topic.compression.codec");

    public int TransactionStateLogNumPartitions { get; } = read.Int("transaction.state.log.num.partitions");

    public short TransactionStateLogReplicationFactor { get; } = read.Short("transaction.state.log.replication.factor");

    public int TransactionStateLogMinIsr { get; } = read.Int("transaction.state.log.min.isr");

    public int TransactionStateLogSegmentBytes { get; } = read.Int("transaction.state.log.segment.bytes");

    public long ReplicaLagTimeMaxMs { get; } = read.Long("replica.lag.time.max.ms");

    public bool ControlledShutdownEnable { get; } = read.Boolean("controlled.shutdown.enable");

    public int ControlledShutdownMaxRetries { get; } = read.Int("controlled.shutdown.max.retries");

    public long ControlledShutdownRetryBackoffMs { get; } = read.Long("controlled.shutdown.retry.backoff.ms");

    public int MessageMaxBytes { get; } = read.Int("message.max.bytes");

    public int MinInSyncReplicas { get; } = read.Int("min.insync.replicas");

    public bool UncleanLeaderElectionEnable { get; } = read.Boolean("unclean.leader.election.enable");

    internal GroupSettings Groups { get; } = GroupSettings.From(read);
}
