using KLog.Broker.Replication;
using KLog.Protocol;

namespace KLog.Broker.Metadata;

/// <summary>Finds the replica that a request speaks of, or says with which error it is refused.</summary>
public sealed class PartitionLookup(ReplicaSet replicas, ClusterView view)
{
    /// <summary>By name: unknown to the cluster, or led elsewhere.</summary>
    public Partition? Find(string topic, int partition, out ErrorCode error)
    {
        if (replicas.Find(topic, partition) is { } found)
        {
            error = ErrorCode.None;
            return found;
        }

        error = view.Current.Topic(topic) is { } known && (uint)partition < (uint)known.Partitions.Count
            ? ErrorCode.NotLeaderOrFollower
            : ErrorCode.UnknownTopicOrPartition;
        return null;
    }

    /// <summary>The same, and the replica must lead in the epoch that the client knows (-1: it knows none).</summary>
    public Partition? FindLeader(string topic, int partition, int leaderEpoch, out ErrorCode error)
    {
        Partition? found = Find(topic, partition, out error);
        if (found is not null)
        {
            error = found.CheckLeader(leaderEpoch);
        }

        return error == ErrorCode.None ? found : null;
    }

    /// <summary>The name of a topic that a request names by id; null where the cluster does not know it.</summary>
    public string? NameOf(Guid topicId) => view.Current.Topic(topicId)?.Name;
}
