using System.Globalization;

namespace KLog.Coordination;

/// <summary>Every node of Kafka 3.9's ZooKeeper mode, and of the classic consumers.</summary>
public static class Paths
{
    public const string BrokerIds = "/brokers/ids";
    public const string BrokerSequence = "/brokers/seqid";
    public const string Topics = "/brokers/topics";
    public const string Controller = "/controller";
    public const string ControllerEpoch = "/controller_epoch";
    public const string ClusterId = "/cluster/id";
    public const string Feature = "/feature";
    public const string Migration = "/migration";
    public const string ProducerIdBlock = "/latest_producer_id_block";

    public const string Config = "/config";
    public const string ConfigChanges = "/config/changes";
    public const string ConfigChangePrefix = ConfigChanges + "/config_change_";

    public const string DeleteTopics = "/admin/delete_topics";
    public const string ReassignPartitions = "/admin/reassign_partitions";
    public const string PreferredReplicaElection = "/admin/preferred_replica_election";

    public const string IsrChanges = "/isr_change_notification";
    public const string IsrChangePrefix = IsrChanges + "/isr_change_";
    public const string LogDirEvents = "/log_dir_event_notification";
    public const string LogDirEventPrefix = LogDirEvents + "/log_dir_event_";

    public const string DelegationTokens = "/delegation_token/tokens";
    public const string Acls = "/kafka-acl";
    public const string AclChanges = "/kafka-acl-changes";
    public const string ExtendedAcls = "/kafka-acl-extended";
    public const string ExtendedAclChanges = "/kafka-acl-extended-changes";

    public const string Consumers = "/consumers";

    /// <summary>What a broker makes when it starts on an empty tree, each after its parent.</summary>
    public static readonly IReadOnlyList<string> MadeAtStart =
    [
        Consumers, "/brokers", BrokerIds, Topics, Config, ConfigChanges, "/admin", DeleteTopics, BrokerSequence, IsrChanges, ProducerIdBlock, LogDirEvents,
        "/config/topics", "/config/clients", "/config/users", "/config/brokers", "/config/ips", "/config/groups", "/cluster",
    ];

    public static string Broker(int id) => $"{BrokerIds}/{Number(id)}";

    public static string Topic(string topic) => $"{Topics}/{topic}";

    public static string Partitions(string topic) => $"{Topics}/{topic}/partitions";

    public static string Partition(string topic, int partition) => $"{Partitions(topic)}/{Number(partition)}";

    public static string PartitionState(string topic, int partition) => $"{Partition(topic, partition)}/state";

    public static string DeleteTopic(string topic) => $"{DeleteTopics}/{topic}";

    /// <summary>The configs of one entity: "topics", "brokers", "clients", "users", "ips" or "groups", and a name or &lt;default&gt;.</summary>
    public static string ConfigEntity(string entityType, string entityName) => $"{Config}/{entityType}/{entityName}";

    public static string ConfigEntities(string entityType) => $"{Config}/{entityType}";

    public static string ConsumerIds(string group) => $"{Consumers}/{group}/ids";

    public static string ConsumerId(string group, string consumer) => $"{ConsumerIds(group)}/{consumer}";

    public static string ConsumerOwners(string group, string topic) => $"{Consumers}/{group}/owners/{topic}";

    public static string ConsumerOwner(string group, string topic, int partition) => $"{ConsumerOwners(group, topic)}/{Number(partition)}";

    public static string ConsumerOffsets(string group, string topic) => $"{Consumers}/{group}/offsets/{topic}";

    public static string ConsumerOffset(string group, string topic, int partition) => $"{ConsumerOffsets(group, topic)}/{Number(partition)}";

    private static string Number(int value) => value.ToString(CultureInfo.InvariantCulture);
}
