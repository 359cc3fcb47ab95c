using KLog.Broker.Metadata;
using KLog.Broker.Replication;
using KLog.Broker.Requests;
using KLog.Protocol;
using KLog.Protocol.Messages;
using KLog.Protocol.Wire;
using PartitionData = KLog.Protocol.Messages.FetchResponse.FetchableTopicResponse.PartitionData;
using TopicData = KLog.Protocol.Messages.FetchResponse.FetchableTopicResponse;

namespace KLog.Broker.Fetching;

/// <summary>
/// ◆ Makes the response of what was read. Neighbours of one topic share an entry; of a session that goes on, only the
/// partitions are told that have something new.
/// </summary>
internal static class FetchAnswer
{
    /// <param name="session">Null where there is none.</param>
    /// <param name="isIncremental">The session was there before this fetch.</param>
    public static FetchResponse Make(
        List<PartitionRead> reads,
        FetchSession? session,
        bool isIncremental,
        in RequestContext context,
        ClusterSnapshot cluster)
    {
        List<TopicData> topics = [];
        List<PartitionData> partitions = new(reads.Count);
        HashSet<int>? leaders = null;
        lock (session?.Gate ?? NoSession)
        {
            bool[]? isTold = session is null ? null : Note(reads, session, isIncremental);
            for (int i = 0; i < reads.Count; i++)
            {
                PartitionRead read = reads[i];
                if (isTold is null || isTold[i])
                {
                    partitions.Add(Tell(read, context, cluster, ref leaders));
                }

                bool isLastOfTopic = i + 1 == reads.Count || !IsSameTopic(read, reads[i + 1]);
                if (isLastOfTopic && partitions.Count > 0)
                {
                    topics.Add(new TopicData
                    {
                        Topic = read.Item.Key.Topic,
                        TopicId = read.Item.Key.TopicId,
                        Partitions = [.. partitions],
                    });
                    partitions.Clear();
                }
            }
        }

        return new FetchResponse
        {
            SessionId = session?.Id ?? 0,
            Responses = [.. topics],
            NodeEndpoints = leaders is null ? [] : Endpoints(leaders, cluster, context.ListenerName),
        };
    }

    private static readonly Lock NoSession = new();

    private static bool IsSameTopic(in PartitionRead one, in PartitionRead other) =>
        one.Item.Key.TopicId == other.Item.Key.TopicId && one.Item.Key.Topic == other.Item.Key.Topic;

    /// <summary>Brings the session up to date; tells which partitions have something new for its client.</summary>
    private static bool[] Note(List<PartitionRead> reads, FetchSession session, bool isIncremental)
    {
        var isTold = new bool[reads.Count];
        bool anyRecords = false;
        for (int i = 0; i < reads.Count; i++)
        {
            PartitionRead read = reads[i];
            bool hasRecords = read.Region is { Length: > 0 };
            anyRecords |= hasRecords;
            bool isNew = session.Find(read.Item.Key) is not { } known
                || known.Update(
                    hasRecords,
                    hasNews: read.Diverging is not null,
                    read.HighWatermark,
                    read.LogStartOffset,
                    read.Error != ErrorCode.None);
            isTold[i] = isNew || !isIncremental;
        }

        if (anyRecords)
        {
            session.MoveBack(each => each.HadRecords);
        }

        return isTold;
    }

    private static PartitionData Tell(
        in PartitionRead read, in RequestContext context, ClusterSnapshot cluster, ref HashSet<int>? leaders)
    {
        var told = new PartitionData
        {
            PartitionIndex = read.Item.Key.Partition,
            ErrorCode = read.Error,
            HighWatermark = read.HighWatermark,
            LastStableOffset = read.LastStableOffset,
            LogStartOffset = read.LogStartOffset,
            Records = read.Region is { } region ? new Records(region) : Records.Empty,
        };
        if (read.Aborted is { Count: > 0 } aborted)
        {
            told.AbortedTransactions =
                [.. aborted.Select(each => new PartitionData.AbortedTransaction { ProducerId = each.ProducerId, FirstOffset = each.FirstOffset })];
        }

        if (read.Diverging is { } diverging)
        {
            told.DivergingEpoch = new() { Epoch = diverging.Epoch, EndOffset = diverging.EndOffset };
        }

        if (read.Error is ErrorCode.NotLeaderOrFollower or ErrorCode.FencedLeaderEpoch
            && context.ApiVersion >= 16
            && cluster.Topic(read.Topic)?.Partitions is { } known
            && read.Item.Key.Partition < known.Count)
        {
            PartitionState state = known[read.Item.Key.Partition];
            told.CurrentLeader = new() { LeaderId = state.Leader, LeaderEpoch = state.LeaderEpoch };
            (leaders ??= []).Add(state.Leader);
        }

        return told;
    }

    private static FetchResponse.NodeEndpoint[] Endpoints(
        HashSet<int> leaders, ClusterSnapshot cluster, string listenerName) =>
    [
        .. from broker in cluster.Brokers
           where leaders.Contains(broker.Id) && broker.Endpoint(listenerName) is not null
           let endpoint = broker.Endpoint(listenerName)!.Value
           select new FetchResponse.NodeEndpoint
           {
               NodeId = broker.Id,
               Host = endpoint.Host,
               Port = endpoint.Port,
               Rack = broker.Rack,
           },
    ];
}
