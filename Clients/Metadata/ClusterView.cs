using System.Collections.Immutable;
using KLog.Protocol;

namespace KLog.Clients.Metadata;

/// <summary>One broker of the cluster.</summary>
public sealed record BrokerNode(int Id, BrokerAddress Address, string? Rack);

/// <summary>One partition as a broker told it.</summary>
/// <param name="LeaderId">−1 when it has no leader.</param>
/// <param name="LeaderEpoch">−1 when the broker is too old to tell.</param>
public sealed record PartitionView(
    int Index, ErrorCode Error, int LeaderId, int LeaderEpoch, IReadOnlyList<int> Replicas, IReadOnlyList<int> InSyncReplicas);

/// <summary>One topic as a broker told it.</summary>
/// <param name="Id">Empty when the broker is too old to tell.</param>
/// <param name="Partitions">In the order of their numbers.</param>
public sealed record TopicView(string Name, Guid Id, ErrorCode Error, bool IsInternal, IReadOnlyList<PartitionView> Partitions);

/// <summary>What a client knows of its cluster at one moment; never changed, but replaced.</summary>
/// <param name="ControllerId">−1 when there is none, or it is not told.</param>
public sealed record ClusterView(
    string? ClusterId, int ControllerId, ImmutableDictionary<int, BrokerNode> Brokers, ImmutableDictionary<string, TopicView> Topics)
{
    public static readonly ClusterView Empty =
        new(null, -1, ImmutableDictionary<int, BrokerNode>.Empty, ImmutableDictionary<string, TopicView>.Empty);

    public PartitionView? Partition(TopicPartition partition)
    {
        IReadOnlyList<PartitionView>? partitions = Topics.GetValueOrDefault(partition.Topic)?.Partitions;
        return partitions?.FirstOrDefault(each => each.Index == partition.Partition);
    }
}
