using KLog.Broker.Configuration;
using KLog.Broker.Controller;
using KLog.Broker.Metadata;
using KLog.Broker.Requests;
using KLog.Protocol;
using Described = KLog.Protocol.Messages.DescribeTopicPartitionsResponse.DescribeTopicPartitionsResponseTopic;
using Request = KLog.Protocol.Messages.DescribeTopicPartitionsRequest;
using Response = KLog.Protocol.Messages.DescribeTopicPartitionsResponse;

namespace KLog.Broker.Handlers;

/// <summary>
/// DescribeTopicPartitions, version 0: topics in the order of their names, page by page, at most
/// max.request.partition.size.limit partitions a page. The cursor in the answer is where the next page begins. A cursor
/// whose topic is not asked for, or with a negative partition, is INVALID_REQUEST on every topic.
/// </summary>
public sealed class DescribeTopicPartitionsHandler(ClusterView view, LiveBrokerConfig config)
{
    public ValueTask<Response> HandleAsync(Request request, RequestContext context)
    {
        ClusterSnapshot now = view.Current;
        bool all = request.Topics.Length == 0;
        string from = request.Cursor?.TopicName ?? "";
        string[] names = all ? [.. now.Topics.Keys] : [.. request.Topics.Select(topic => topic.Name).Distinct(StringComparer.Ordinal)];
        names = [.. names.Where(name => string.CompareOrdinal(name, from) >= 0).Order(StringComparer.Ordinal)];
        if (request.Cursor is { } cursor && (cursor.PartitionIndex < 0 || (!all && !names.Contains(from))))
        {
            return ValueTask.FromResult(new Response
            {
                Topics = [.. request.Topics.Select(topic => new Described { Name = topic.Name, ErrorCode = ErrorCode.InvalidRequest })],
            });
        }

        int limit = Math.Max(Math.Min(config.Current.MaxRequestPartitionSizeLimit, request.ResponsePartitionLimit), 1);
        return ValueTask.FromResult(Page(now, names, all, request.Cursor, limit, context.ListenerName));
    }

    private static Response Page(ClusterSnapshot now, string[] names, bool all, Request.CursorData? cursor, int limit, string listener)
    {
        var topics = new List<Described>();
        int left = limit;
        foreach (string name in names)
        {
            if (left == 0)
            {
                return new Response { Topics = [.. topics], NextCursor = new Response.Cursor { TopicName = name, PartitionIndex = 0 } };
            }

            if (now.Topic(name) is not { } topic)
            {
                if (!all)
                {
                    topics.Add(Unknown(name));
                }

                continue;
            }

            int first = name == cursor?.TopicName ? cursor.PartitionIndex : 0;
            int end = (int)Math.Min((long)first + left, topic.Partitions.Count);
            topics.Add(Describe(now, topic, first, end, listener));
            left -= Math.Max(0, end - first);
            if (end < topic.Partitions.Count)
            {
                return new Response { Topics = [.. topics], NextCursor = new Response.Cursor { TopicName = name, PartitionIndex = end } };
            }
        }

        return new Response { Topics = [.. topics] };
    }

    private static Described Unknown(string name) => new()
    {
        Name = name,
        ErrorCode = TopicNames.Fault(name) is null ? ErrorCode.UnknownTopicOrPartition : ErrorCode.InvalidTopicException,
        TopicAuthorizedOperations = AuthorizedOperations.NotGiven,
    };

    private static Described Describe(ClusterSnapshot now, TopicState topic, int first, int end, string listener) => new()
    {
        Name = topic.Name,
        TopicId = topic.Id,
        IsInternal = topic.IsInternal,
        Partitions = [.. topic.Partitions.Skip(first).Take(end - first).Select(partition => Describe(now, partition, listener))],
        TopicAuthorizedOperations = AuthorizedOperations.AllOnTopic,
    };

    private static Described.DescribeTopicPartitionsResponsePartition Describe(ClusterSnapshot now, PartitionState partition, string listener)
    {
        BrokerNode? leader = now.Brokers.FirstOrDefault(broker => broker.Id == partition.Leader);
        return new Described.DescribeTopicPartitionsResponsePartition
        {
            ErrorCode = leader is null ? ErrorCode.LeaderNotAvailable : leader.Endpoint(listener) is null ? ErrorCode.ListenerNotFound : ErrorCode.None,
            PartitionIndex = partition.Index,
            LeaderId = leader?.Id ?? -1,
            LeaderEpoch = partition.LeaderEpoch,
            ReplicaNodes = [.. partition.Replicas],
            IsrNodes = [.. partition.InSync],
            EligibleLeaderReplicas = [],
            LastKnownElr = [],
            OfflineReplicas = [.. partition.Offline],
        };
    }
}
