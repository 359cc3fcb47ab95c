using KLog.Clients.Connections;
using KLog.Clients.Errors;
using KLog.Clients.Metadata;
using KLog.Protocol;
using KLog.Protocol.Messages;

namespace KLog.Clients.Admin;

/// <summary>Offsets: of logs, and of groups.</summary>
public sealed partial class AdminClient
{
    /// <summary>Asks each partition's leader for an offset of its log.</summary>
    public async Task<IReadOnlyDictionary<TopicPartition, AdminResult<ListedOffset>>> ListOffsetsAsync(
        IReadOnlyDictionary<TopicPartition, OffsetSpec> partitions, CancellationToken cancellation) =>
        await _attempts.RunAsync<TopicPartition, ListedOffset>("listing offsets", partitions.Keys, async (open, token) =>
        {
            ClusterView view = await _cluster.RefreshAsync([.. open.Select(each => each.Topic).Distinct()], token);
            return await Attempts.ByBrokerAsync<TopicPartition, ListedOffset>(
                open.ToDictionary(each => each, each => Leader(view, each)),
                async (broker, some) => await PartitionOffsets.AskAsync(
                    await _connections.GetAsync(broker.Address, token), view, some, partitions, token));
        }, cancellation);

    /// <summary>The committed offsets of groups: all of each.</summary>
    public async Task<IReadOnlyDictionary<string, AdminResult<IReadOnlyDictionary<TopicPartition, CommittedOffset>>>> ListGroupOffsetsAsync(
        IReadOnlyCollection<string> groups, CancellationToken cancellation) =>
        await AtCoordinatorsAsync("listing committed offsets", groups, (connection, _, ids, token) => GroupOffsets.FetchAsync(connection, ids, token), cancellation);

    /// <summary>Commits offsets in the place of a group that has no members; a group that does not exist comes to be.</summary>
    /// <exception cref="GroupException">None was committed.</exception>
    public async Task<IReadOnlyDictionary<TopicPartition, AdminResult<Done>>> AlterGroupOffsetsAsync(
        string group, IReadOnlyDictionary<TopicPartition, CommittedOffset> offsets, CancellationToken cancellation)
    {
        Dictionary<string, AdminResult<IReadOnlyDictionary<TopicPartition, AdminResult<Done>>>> answers =
            await AtCoordinatorsAsync("altering committed offsets", [group], (connection, _, _, token) => GroupOffsets.CommitAsync(connection, group, offsets, token), cancellation);
        return answers[group].Value;
    }

    /// <summary>Deletes committed offsets of topics that no member of the group is subscribed to (KIP-496).</summary>
    /// <exception cref="GroupException">None was deleted.</exception>
    public async Task<IReadOnlyDictionary<TopicPartition, AdminResult<Done>>> DeleteGroupOffsetsAsync(
        string group, IReadOnlyCollection<TopicPartition> partitions, CancellationToken cancellation)
    {
        Dictionary<string, AdminResult<IReadOnlyDictionary<TopicPartition, AdminResult<Done>>>> answers =
            await AtCoordinatorsAsync("deleting committed offsets", [group], (connection, _, _, token) => GroupOffsets.DeleteAsync(connection, group, partitions, token), cancellation);
        return answers[group].Value;
    }

    private static AdminResult<BrokerNode> Leader(ClusterView view, TopicPartition partition)
    {
        AdminResult<TopicView> topic = Result(partition.Topic, view.Topics.GetValueOrDefault(partition.Topic));
        if (topic.Error is { } error)
        {
            return new AdminResult<BrokerNode>(error);
        }

        return view.Partition(partition) switch
        {
            null => new AdminResult<BrokerNode>(new PartitionException(partition, ErrorCode.UnknownTopicOrPartition, isRetriable: false)),
            { } found when view.Brokers.TryGetValue(found.LeaderId, out BrokerNode? broker) => new AdminResult<BrokerNode>(broker),
            _ => new AdminResult<BrokerNode>(new PartitionException(partition, ErrorCode.LeaderNotAvailable)),
        };
    }
}
