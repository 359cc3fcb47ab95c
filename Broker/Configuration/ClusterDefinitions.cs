using static KLog.Broker.Configuration.ConfigRule;
using static KLog.Broker.Configuration.ConfigType;

namespace KLog.Broker.Configuration;

/// <summary>Topics and their creation, internal topics, the in-sync set, and the broker's leave-taking.</summary>
internal static class ClusterDefinitions
{
    public static readonly ConfigDefinition[] All =
    [
        new("num.partitions", Int, "1", "How many partitions a topic gets whose creator does not say.") { Rule = AtLeast(1) },
        new("default.replication.factor", Int, "1", "How many replicas a topic gets whose creator does not say.") { Rule = AtLeast(1) },
        new("auto.create.topics.enable", ConfigType.Boolean, "true", "Whether a topic is created when a client first asks for it."),
        new("delete.topic.enable", ConfigType.Boolean, "true", "Whether topics can be deleted."),
        new("offsets.topic.num.partitions", Int, "50", "How many partitions __consumer_offsets gets when it is created.") { Rule = AtLeast(1) },
        new("offsets.topic.replication.factor", Short, "3",
            "How many replicas __consumer_offsets gets; with embedded coordination, where there is one broker, the default is 1.") { Rule = AtLeast(1) },
        new("offsets.topic.segment.bytes", Int, "104857600", "The segment size of __consumer_offsets.") { Rule = AtLeast(1) },
        new("offsets.topic.compression.codec", Int, "0", "The codec of the batches of __consumer_offsets: 0 none, 1 gzip, 2 snappy, 3 lz4, 4 zstd.")
            { Rule = Between(0, 4) },
        new("transaction.state.log.num.partitions", Int, "50", "How many partitions __transaction_state gets when it is created.") { Rule = AtLeast(1) },
        new("transaction.state.log.replication.factor", Short, "3",
            "How many replicas __transaction_state gets; with embedded coordination, where there is one broker, the default is 1.") { Rule = AtLeast(1) },
        new("transaction.state.log.min.isr", Int, "2",
            "How many in-sync replicas a write to __transaction_state needs; with embedded coordination the default is 1.") { Rule = AtLeast(1) },
        new("transaction.state.log.segment.bytes", Int, "104857600", "The segment size of __transaction_state.") { Rule = AtLeast(1) },
        new("replica.lag.time.max.ms", Long, "30000", "How long a follower may be behind before it leaves the in-sync set.") { Rule = AtLeast(1) },
        new("controlled.shutdown.enable", ConfigType.Boolean, "true", "Whether a broker hands its leaderships over before it stops."),
        new("controlled.shutdown.max.retries", Int, "3", "How often handing over is tried.") { Rule = AtLeast(0) },
        new("controlled.shutdown.retry.backoff.ms", Long, "5000", "How long to wait before handing over is tried again.") { Rule = AtLeast(0) },
    ];
}
