using KLog.Clients.Connections;
using KLog.Clients.Errors;
using KLog.Protocol;
using KLog.Protocol.Messages;
using Committed = System.Collections.Generic.IReadOnlyDictionary<KLog.Protocol.TopicPartition, KLog.Clients.Admin.CommittedOffset>;
using Changed = System.Collections.Generic.IReadOnlyDictionary<
    KLog.Protocol.TopicPartition, KLog.Clients.Admin.AdminResult<KLog.Clients.Admin.Done>>;

namespace KLog.Clients.Admin;

/// <summary>
/// Asks one coordinator about committed offsets, by topic names: up to version 9, because whoever administers a group
/// means the topic that has the name now, and because offsets may be left of topics whose ids nobody knows any more.
/// </summary>
internal static class GroupOffsets
{
    private const short LastWithNames = 9;
    private const short FirstWithGroups = 8;
    private const short FirstWithAllTopics = 2;

    /// <summary>All offsets of the groups: in one request, or one each from brokers before 3.0 (KIP-709).</summary>
    public static async Task<IEnumerable<KeyValuePair<string, AdminResult<Committed>>>> FetchAsync(
        BrokerConnection connection, IReadOnlyList<string> groups, CancellationToken cancellation)
    {
        short version = connection.Versions.Choose<OffsetFetchRequest>(FirstWithAllTopics, LastWithNames);
        if (version >= FirstWithGroups)
        {
            OffsetFetchRequest request = new()
            {
                Groups = [.. groups.Select(id => new OffsetFetchRequest.OffsetFetchRequestGroup { GroupId = id, Topics = null })],
            };
            OffsetFetchResponse response = await connection.SendAsync(request, version, cancellation);
            return response.Groups.Select(each => KeyValuePair.Create(each.GroupId, Fetched(
                each.GroupId,
                each.ErrorCode,
                from topic in each.Topics
                from partition in topic.Partitions
                select (new TopicPartition(topic.Name, partition.PartitionIndex), partition.ErrorCode,
                    new CommittedOffset(partition.CommittedOffset, partition.CommittedLeaderEpoch, partition.Metadata ?? "")))));
        }

        OffsetFetchResponse[] responses = await Task.WhenAll(groups.Select(
            id => connection.SendAsync(new OffsetFetchRequest { GroupId = id, Topics = null }, version, cancellation)));
        return groups.Zip(responses).Select(each => KeyValuePair.Create(each.First, Fetched(
            each.First,
            each.Second.ErrorCode,
            from topic in each.Second.Topics
            from partition in topic.Partitions
            select (new TopicPartition(topic.Name, partition.PartitionIndex), partition.ErrorCode,
                new CommittedOffset(partition.CommittedOffset, partition.CommittedLeaderEpoch, partition.Metadata ?? "")))));
    }

    public static async Task<IEnumerable<KeyValuePair<string, AdminResult<Changed>>>> CommitAsync(
        BrokerConnection connection, string group, Committed offsets, CancellationToken cancellation)
    {
        short version = connection.Versions.Choose<OffsetCommitRequest>(max: LastWithNames);
        OffsetCommitRequest request = new()
        {
            GroupId = group,
            Topics =
            [
                .. offsets.GroupBy(each => each.Key.Topic).Select(topic => new OffsetCommitRequest.OffsetCommitRequestTopic
                {
                    Name = topic.Key,
                    Partitions =
                    [
                        .. topic.Select(each => new OffsetCommitRequest.OffsetCommitRequestTopic.OffsetCommitRequestPartition
                        {
                            PartitionIndex = each.Key.Partition,
                            CommittedOffset = each.Value.Offset,
                            CommittedLeaderEpoch = each.Value.LeaderEpoch,
                            CommittedMetadata = each.Value.Metadata,
                        }),
                    ],
                }),
            ],
        };
        OffsetCommitResponse response = await connection.SendAsync(request, version, cancellation);
        return Changes(
            group,
            ErrorCode.None,
            from topic in response.Topics
            from partition in topic.Partitions
            select (new TopicPartition(topic.Name, partition.PartitionIndex), partition.ErrorCode));
    }

    public static async Task<IEnumerable<KeyValuePair<string, AdminResult<Changed>>>> DeleteAsync(
        BrokerConnection connection, string group, IReadOnlyCollection<TopicPartition> partitions, CancellationToken cancellation)
    {
        OffsetDeleteRequest request = new()
        {
            GroupId = group,
            Topics =
            [
                .. partitions.GroupBy(each => each.Topic).Select(topic => new OffsetDeleteRequest.OffsetDeleteRequestTopic
                {
                    Name = topic.Key,
                    Partitions =
                    [
                        .. topic.Select(each => new OffsetDeleteRequest.OffsetDeleteRequestTopic.OffsetDeleteRequestPartition
                        {
                            PartitionIndex = each.Partition,
                        }),
                    ],
                }),
            ],
        };
        OffsetDeleteResponse response = await connection.SendAsync(request, cancellation);
        return Changes(
            group,
            response.ErrorCode,
            from topic in response.Topics
            from partition in topic.Partitions
            select (new TopicPartition(topic.Name, partition.PartitionIndex), partition.ErrorCode));
    }

    /// <summary>Before version 2 of the protocol an error of the group stands at its partitions, and it may still do so.</summary>
    private static AdminResult<Committed> Fetched(
        string group, ErrorCode code, IEnumerable<(TopicPartition Key, ErrorCode Error, CommittedOffset Offset)> partitions)
    {
        (TopicPartition Key, ErrorCode Error, CommittedOffset Offset)[] all = [.. partitions];
        ErrorCode first = code != ErrorCode.None ? code : all.Select(each => each.Error).FirstOrDefault(each => each != ErrorCode.None);
        return AdminClient.GroupResult<Committed>(
            group, first, all.Where(each => each.Offset.Offset >= 0).ToDictionary(each => each.Key, each => each.Offset));
    }

    /// <summary>A coordinator that is not the right one, or not ready, says so at each partition, too.</summary>
    private static IEnumerable<KeyValuePair<string, AdminResult<Changed>>> Changes(
        string group, ErrorCode code, IEnumerable<(TopicPartition Key, ErrorCode Error)> partitions)
    {
        Dictionary<TopicPartition, AdminResult<Done>> results = [];
        foreach ((TopicPartition key, ErrorCode error) in partitions)
        {
            code = error is ErrorCode.NotCoordinator or ErrorCode.CoordinatorNotAvailable or ErrorCode.CoordinatorLoadInProgress ? error : code;
            results[key] = error == ErrorCode.None
                ? new AdminResult<Done>(default(Done))
                : new AdminResult<Done>(new PartitionException(key, error, isRetriable: false));
        }

        return [new(group, AdminClient.GroupResult<Changed>(group, code, results))];
    }
}
