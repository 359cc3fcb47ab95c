using KLog.Clients.Connections;
using KLog.Clients.Errors;
using KLog.Clients.Metadata;
using KLog.Protocol;
using KLog.Protocol.Messages;

namespace KLog.Clients.Admin;

/// <summary>Asks one leader for offsets of its logs.</summary>
internal static class PartitionOffsets
{
    public static async Task<IEnumerable<KeyValuePair<TopicPartition, AdminResult<ListedOffset>>>> AskAsync(
        BrokerConnection connection,
        ClusterView view,
        IReadOnlyList<TopicPartition> partitions,
        IReadOnlyDictionary<TopicPartition, OffsetSpec> specs,
        CancellationToken cancellation)
    {
        short version = connection.Versions.Choose<ListOffsetsRequest>(min: partitions.Max(each => specs[each].VersionMin));
        ListOffsetsRequest request = new()
        {
            ReplicaId = -1,
            Topics =
            [
                .. partitions.GroupBy(each => each.Topic).Select(topic => new ListOffsetsRequest.ListOffsetsTopic
                {
                    Name = topic.Key,
                    Partitions =
                    [
                        .. topic.Select(each => new ListOffsetsRequest.ListOffsetsTopic.ListOffsetsPartition
                        {
                            PartitionIndex = each.Partition,
                            CurrentLeaderEpoch = view.Partition(each)?.LeaderEpoch ?? -1,
                            Timestamp = specs[each].Time,
                        }),
                    ],
                }),
            ],
        };
        ListOffsetsResponse response = await connection.SendAsync(request, version, cancellation);
        return
            from topic in response.Topics
            from partition in topic.Partitions
            let key = new TopicPartition(topic.Name, partition.PartitionIndex)
            select KeyValuePair.Create(key, Result(key, partition));
    }

    private static AdminResult<ListedOffset> Result(
        TopicPartition key, ListOffsetsResponse.ListOffsetsTopicResponse.ListOffsetsPartitionResponse partition) =>
        partition.ErrorCode == ErrorCode.None
            ? new AdminResult<ListedOffset>(new ListedOffset(partition.Offset, partition.Timestamp, partition.LeaderEpoch))
            : new AdminResult<ListedOffset>(new PartitionException(key, partition.ErrorCode));
}
