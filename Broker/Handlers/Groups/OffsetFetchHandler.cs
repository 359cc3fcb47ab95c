using KLog.Broker.Groups;
using KLog.Broker.Groups.Offsets;
using KLog.Broker.Metadata;
using KLog.Broker.Requests;
using KLog.Protocol;
using KLog.Protocol.Messages;
using GroupAnswer = KLog.Protocol.Messages.OffsetFetchResponse.OffsetFetchResponseGroup;
using GroupFetch = KLog.Protocol.Messages.OffsetFetchRequest.OffsetFetchRequestGroup;
using PartitionAnswer = KLog.Protocol.Messages.OffsetFetchResponse.OffsetFetchResponseGroup.OffsetFetchResponseTopics.OffsetFetchResponsePartitions;
using TopicAnswer = KLog.Protocol.Messages.OffsetFetchResponse.OffsetFetchResponseGroup.OffsetFetchResponseTopics;
using TopicFetch = KLog.Protocol.Messages.OffsetFetchRequest.OffsetFetchRequestGroup.OffsetFetchRequestTopics;

namespace KLog.Broker.Handlers.Groups;

/// <summary>
/// OffsetFetch, versions 0 to 10. Since version 2 all of a group's offsets can be asked for; 7 waits for transactions to end
/// (KIP-447); 8 asks for several groups; 9 carries a member epoch (KIP-848); 10 names topics by id.
/// </summary>
internal sealed class OffsetFetchHandler(GroupCoordinator coordinator, ClusterView view)
{
    private const short FirstWithError = 2;
    private const short FirstWithGroups = 8;
    private const short FirstByTopicId = 10;

    public ValueTask<OffsetFetchResponse> HandleAsync(OffsetFetchRequest request, RequestContext context)
    {
        List<Task> waits = [];
        if (context.ApiVersion >= FirstWithGroups)
        {
            return Answer(
                new OffsetFetchResponse
                {
                    Groups = [.. request.Groups.Select(group => Fetch(group, request.RequireStable, context.ApiVersion, waits))],
                },
                waits);
        }

        GroupFetch only = new()
        {
            GroupId = request.GroupId,
            Topics = request.Topics?.Select(each => new TopicFetch { Name = each.Name, PartitionIndexes = each.PartitionIndexes }).ToArray(),
        };
        return Answer(InOldForm(Fetch(only, request.RequireStable, context.ApiVersion, waits), only, context.ApiVersion), waits);
    }

    /// <summary>What is told has to be safe first.</summary>
    private static ValueTask<OffsetFetchResponse> Answer(OffsetFetchResponse response, List<Task> waits)
    {
        return waits.Count == 0 ? new(response) : AnswerAsync();

        async ValueTask<OffsetFetchResponse> AnswerAsync()
        {
            await Task.WhenAll(waits);
            return response;
        }
    }

    private GroupAnswer Fetch(GroupFetch fetch, bool requireStable, short version, List<Task> waits)
    {
        GroupAnswer answer = new() { GroupId = fetch.GroupId };
        GroupShard? shard = coordinator.FindAny(fetch.GroupId, out ErrorCode error);
        ClusterSnapshot cluster = view.Current;
        if (shard is not null)
        {
            (error, Task? committed) = shard.Run(fetch.GroupId, create: false, (group, _, _) =>
            {
                answer.ErrorCode = group.CheckFetch(fetch.MemberId, fetch.MemberEpoch);
                if (answer.ErrorCode == ErrorCode.None)
                {
                    answer.Topics = fetch.Topics is { } topics
                        ? [.. topics.Select(topic => Asked(topic, group.Offsets, requireStable, version, cluster))]
                        : All(group.Offsets, requireStable, version, cluster);
                }
            });
            if (committed is not null)
            {
                waits.Add(committed);
            }
        }

        if (error == ErrorCode.GroupIdNotFound)
        {
            // A group that has never committed is none that an error would be told of.
            GroupOffsets none = new();
            answer.Topics = [.. (fetch.Topics ?? []).Select(topic => Asked(topic, none, requireStable, version, cluster))];
        }
        else if (error != ErrorCode.None)
        {
            answer.ErrorCode = error;
        }

        return answer;
    }

    private static TopicAnswer Asked(TopicFetch topic, GroupOffsets offsets, bool requireStable, short version, ClusterSnapshot cluster)
    {
        string? name = version >= FirstByTopicId ? cluster.Topic(topic.TopicId)?.Name : topic.Name;
        return new TopicAnswer
        {
            Name = topic.Name,
            TopicId = topic.TopicId,
            Partitions =
            [
                .. topic.PartitionIndexes.Select(index => name is null
                    ? new PartitionAnswer { PartitionIndex = index, CommittedOffset = -1, ErrorCode = ErrorCode.UnknownTopicId }
                    : Tell(new TopicPartition(name, index), offsets, requireStable)),
            ],
        };
    }

    private static TopicAnswer[] All(GroupOffsets offsets, bool requireStable, short version, ClusterSnapshot cluster)
    {
        List<TopicAnswer> topics = [];
        foreach (IGrouping<string, TopicPartition> topic in offsets.Committed.Keys.GroupBy(each => each.Topic))
        {
            // By id a topic that is gone cannot be named.
            Guid id = cluster.Topic(topic.Key)?.Id ?? Guid.Empty;
            if (version < FirstByTopicId || id != Guid.Empty)
            {
                topics.Add(new TopicAnswer
                {
                    Name = topic.Key,
                    TopicId = id,
                    Partitions = [.. topic.Select(each => Tell(each, offsets, requireStable))],
                });
            }
        }

        return [.. topics];
    }

    private static PartitionAnswer Tell(in TopicPartition partition, GroupOffsets offsets, bool requireStable)
    {
        PartitionAnswer answer = new() { PartitionIndex = partition.Partition, CommittedOffset = -1 };
        if (requireStable && offsets.IsUnstable(partition))
        {
            answer.ErrorCode = ErrorCode.UnstableOffsetCommit;
        }
        else if (offsets.Find(partition) is { } found)
        {
            answer.CommittedOffset = found.Offset;
            answer.CommittedLeaderEpoch = found.LeaderEpoch;
            answer.Metadata = found.Metadata;
        }

        return answer;
    }

    /// <summary>One group; before version 2 an error is told at each partition.</summary>
    private static OffsetFetchResponse InOldForm(GroupAnswer answer, GroupFetch fetch, short version)
    {
        if (answer.ErrorCode != ErrorCode.None && version < FirstWithError)
        {
            answer.Topics =
            [
                .. (fetch.Topics ?? []).Select(topic => new TopicAnswer
                {
                    Name = topic.Name,
                    Partitions =
                    [
                        .. topic.PartitionIndexes.Select(index =>
                            new PartitionAnswer { PartitionIndex = index, CommittedOffset = -1, ErrorCode = answer.ErrorCode }),
                    ],
                }),
            ];
        }

        return new OffsetFetchResponse
        {
            ErrorCode = answer.ErrorCode,
            Topics =
            [
                .. answer.Topics.Select(topic => new OffsetFetchResponse.OffsetFetchResponseTopic
                {
                    Name = topic.Name,
                    Partitions =
                    [
                        .. topic.Partitions.Select(each => new OffsetFetchResponse.OffsetFetchResponseTopic.OffsetFetchResponsePartition
                        {
                            PartitionIndex = each.PartitionIndex,
                            CommittedOffset = each.CommittedOffset,
                            CommittedLeaderEpoch = each.CommittedLeaderEpoch,
                            Metadata = each.Metadata,
                            ErrorCode = each.ErrorCode,
                        }),
                    ],
                }),
            ],
        };
    }
}
