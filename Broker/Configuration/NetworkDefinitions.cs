using static KLog.Broker.Configuration.ConfigRule;
using static KLog.Broker.Configuration.ConfigType;
using static KLog.Broker.Configuration.UpdateMode;

namespace KLog.Broker.Configuration;

/// <summary>The broker's name in the cluster, its listeners, and the limits on connections and requests.</summary>
internal static class NetworkDefinitions
{
    public static readonly ConfigDefinition[] All =
    [
        new("broker.id", Int, "-1", "The broker's number in the cluster; with embedded coordination -1 means the number in the data folder, or 0.")
            { Rule = AtLeast(-1) },
        new("node.id", Int, "-1", "Another name for broker.id, used when broker.id is not set.") { Rule = AtLeast(-1) },
        new("broker.rack", ConfigType.String, null, "The rack or zone that the broker stands in; replicas of a partition are spread over racks."),
        new("listeners", List, "PLAINTEXT://:9092",
            "Where the broker listens: NAME://host:port, several separated by commas; an empty host or 0.0.0.0 means every address, port 0 a free one."),
        new("advertised.listeners", List, null,
            "What clients are told to connect to, where that differs from listeners; the names are those of listeners."),
        new("listener.security.protocol.map", ConfigType.String, "SASL_SSL:SASL_SSL,PLAINTEXT:PLAINTEXT,SSL:SSL,SASL_PLAINTEXT:SASL_PLAINTEXT",
            "The security protocol of each listener name."),
        new("inter.broker.listener.name", ConfigType.String, null, "The listener that brokers use among themselves; by default the PLAINTEXT one."),
        new("security.inter.broker.protocol", ConfigType.String, "PLAINTEXT",
            "The security protocol that chooses the listener among brokers when inter.broker.listener.name is not set.")
            { Rule = OneOf("PLAINTEXT", "SSL", "SASL_PLAINTEXT", "SASL_SSL") },
        new("socket.request.max.bytes", Int, "104857600", "The largest request that a connection may send; a larger one closes it.") { Rule = AtLeast(1) },
        new("queued.max.request.bytes", Long, "-1",
            "How many bytes of requests may be in memory over all connections before the broker stops reading from sockets; -1 for no limit."),
        new("max.connections", Int, "2147483647", "How many connections the broker accepts in all.", ClusterWide) { Rule = AtLeast(0) },
        new("max.connections.per.ip", Int, "2147483647", "How many connections the broker accepts from one address.", ClusterWide) { Rule = AtLeast(0) },
        new("max.connections.per.ip.overrides", ConfigType.String, "",
            "Addresses or host names with their own limit instead of max.connections.per.ip: host:count, separated by commas.", ClusterWide)
            { Rule = new("host:count pairs separated by commas", value => ConnectionOverrides.TryParse((string)value, out _)) },
        new("connections.max.idle.ms", Long, "600000", "After how long without a request a connection is closed; a negative value never closes it."),
        new("socket.send.buffer.bytes", Int, "102400", "The kernel's send buffer of a connection; -1 leaves it to the kernel.") { Rule = AtLeast(-1) },

        // Kafka's 102400 costs large batches a receive for each 128 KiB.
        new("socket.receive.buffer.bytes", Int, "-1", "The kernel's receive buffer of a connection; -1 leaves it to the kernel, which lets it grow as it is needed.") { Rule = AtLeast(-1) },
        new("socket.listen.backlog.size", Int, "50", "How many connections may wait to be accepted.") { Rule = AtLeast(1) },
        new("fetch.max.bytes", Int, "57671680", "The most that one fetch answers, whatever the client asks for.") { Rule = AtLeast(1024) },
        new("max.incremental.fetch.session.cache.slots", Int, "1000", "How many incremental fetch sessions the broker remembers.") { Rule = AtLeast(0) },
        new("max.request.partition.size.limit", Int, "2000", "The most partitions that one DescribeTopicPartitions answers.") { Rule = AtLeast(1) },
    ];
}
