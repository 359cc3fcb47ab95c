using KLog.Protocol;
using KLog.Protocol.Wire;

namespace KLog.Conformance.Wire;

/// <summary>
/// The versions that real brokers advertise, as they answered ApiVersions on a client listener: Kafka 3.9.2 on
/// ZooKeeper, and Kafka 4.3.1. Only the requests that a single KLog broker handles.
/// </summary>
internal static class Advertised
{
    /// <summary>By request: Kafka 3.9.2, Kafka 4.3.1.</summary>
    public static readonly Dictionary<ApiKey, (VersionRange Old, VersionRange Recent)> ByKafka = new()
    {
        [ApiKey.Produce] = (new(0, 11), new(0, 13)),
        [ApiKey.Fetch] = (new(0, 17), new(4, 18)),
        [ApiKey.ListOffsets] = (new(0, 9), new(1, 11)),
        [ApiKey.Metadata] = (new(0, 12), new(0, 13)),
        [ApiKey.ApiVersions] = (new(0, 4), new(0, 4)),
        [ApiKey.CreateTopics] = (new(0, 7), new(2, 7)),
        [ApiKey.DeleteTopics] = (new(0, 6), new(1, 6)),
        [ApiKey.DeleteRecords] = (new(0, 2), new(0, 2)),
        [ApiKey.InitProducerId] = (new(0, 5), new(0, 5)),
        [ApiKey.OffsetForLeaderEpoch] = (new(0, 4), new(2, 4)),
        [ApiKey.DescribeConfigs] = (new(0, 4), new(1, 4)),
        [ApiKey.AlterConfigs] = (new(0, 2), new(0, 2)),
        [ApiKey.AlterReplicaLogDirs] = (new(0, 2), new(1, 2)),
        [ApiKey.DescribeLogDirs] = (new(0, 4), new(1, 5)),
        [ApiKey.CreatePartitions] = (new(0, 3), new(0, 3)),
        [ApiKey.IncrementalAlterConfigs] = (new(0, 1), new(0, 1)),
        [ApiKey.DescribeCluster] = (new(0, 1), new(0, 2)),
        [ApiKey.DescribeProducers] = (new(0, 0), new(0, 0)),
        [ApiKey.ListConfigResources] = (VersionRange.None, new(0, 1)),
        [ApiKey.DescribeTopicPartitions] = (VersionRange.None, new(0, 0)),
        [ApiKey.FindCoordinator] = (new(0, 6), new(0, 6)),
        [ApiKey.JoinGroup] = (new(0, 9), new(0, 9)),
        [ApiKey.SyncGroup] = (new(0, 5), new(0, 5)),
        [ApiKey.Heartbeat] = (new(0, 4), new(0, 4)),
        [ApiKey.LeaveGroup] = (new(0, 5), new(0, 5)),
        [ApiKey.OffsetCommit] = (new(0, 9), new(2, 10)),
        [ApiKey.OffsetFetch] = (new(0, 9), new(1, 10)),
        [ApiKey.OffsetDelete] = (new(0, 0), new(0, 0)),
        [ApiKey.ListGroups] = (new(0, 5), new(0, 5)),
        [ApiKey.DescribeGroups] = (new(0, 5), new(0, 6)),
        [ApiKey.DeleteGroups] = (new(0, 2), new(0, 2)),
        [ApiKey.ConsumerGroupHeartbeat] = (VersionRange.None, new(0, 1)),
        [ApiKey.ConsumerGroupDescribe] = (VersionRange.None, new(0, 1)),
    };

    /// <summary>What the broker under test must advertise: KLog has every version of either, except fetches of message sets.</summary>
    public static VersionRange Expected(ApiKey key, string brokerKind)
    {
        (VersionRange old, VersionRange recent) = ByKafka[key];
        return brokerKind switch
        {
            "kafka-3.9.2" => old,
            "kafka-4.3.1" => recent,
            _ when key == ApiKey.Fetch || old.IsEmpty => recent,
            _ => new(Math.Min(old.Min, recent.Min), Math.Max(old.Max, recent.Max)),
        };
    }
}
