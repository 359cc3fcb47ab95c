using System.Collections.Immutable;
using KLog.Broker.Metadata;
using KLog.Coordination.Registries;
using KLog.Protocol;
using ClientPartition = KLog.Broker.Metadata.PartitionState;

namespace KLog.Broker.Controller;

/// <summary>◆ What clients are told of the controller's state.</summary>
public static class SnapshotMaking
{
    /// <summary>The living brokers, with what they advertise.</summary>
    public static ImmutableArray<BrokerNode> Brokers(IEnumerable<BrokerRegistration> brokers) =>
    [
        .. brokers.OrderBy(broker => broker.Id).Select(broker => new BrokerNode(
            broker.Id,
            broker.Rack,
            broker.Endpoints.ToDictionary(endpoint => endpoint.Listener, endpoint => (endpoint.Host, endpoint.Port)))),
    ];

    /// <summary>A topic; a partition whose leader's disk has failed has none, and a replica on a dead broker is offline.</summary>
    public static TopicState Topic(TopicRecord topic, IReadOnlySet<int> alive, int thisBroker, IReadOnlySet<TopicPartition> failed)
    {
        var partitions = new ClientPartition[topic.Partitions.Count];
        for (int i = 0; i < partitions.Length; i++)
        {
            PartitionRecord partition = topic.Partitions[i];
            bool hasFailed = failed.Contains(new TopicPartition(topic.Name, i));
            int leader = partition.State?.Leader ?? Coordination.Registries.PartitionState.NoLeader;
            IReadOnlyList<int> replicas = partition.Assignment.Replicas;
            partitions[i] = new ClientPartition(
                i,
                hasFailed && leader == thisBroker ? Coordination.Registries.PartitionState.NoLeader : leader,
                partition.State?.LeaderEpoch ?? -1,
                replicas,
                partition.State?.Isr ?? [],
                [.. replicas.Where(replica => !alive.Contains(replica) || (hasFailed && replica == thisBroker))]);
        }

        return new TopicState(topic.Name, topic.Id, partitions);
    }
}
