using KLog.Protocol;
using KLog.Protocol.Messages;

namespace KLog.Broker.Fetching;

/// <summary>
/// What a fetch is to read, and how its answer speaks of sessions: all partitions and no session (<c>Session</c> null),
/// all partitions and a session to come, or the partitions of a session of which only what changed is answered.
/// </summary>
public sealed class FetchPlan
{
    private const int FinalEpoch = -1;
    private const int FirstEpoch = 0;

    private FetchPlan(ErrorCode error, FetchSession? session, IReadOnlyList<FetchItem> items, bool wantsSession)
    {
        Error = error;
        Session = session;
        Items = items;
        WantsSession = wantsSession;
    }

    /// <summary>An error of the session: nothing is read.</summary>
    public ErrorCode Error { get; }

    public FetchSession? Session { get; }

    /// <summary>In the order in which they are read.</summary>
    public IReadOnlyList<FetchItem> Items { get; }

    /// <summary>A session is to be made for what is read here.</summary>
    public bool WantsSession { get; }

    /// <summary>Takes a request's changes into its session, or finds that it has none.</summary>
    public static FetchPlan Make(FetchRequest request, short version, FetchSessionCache sessions)
    {
        bool usesTopicIds = version >= 13;
        if (version < 7)
        {
            return new FetchPlan(ErrorCode.None, null, ItemsOf(request, usesTopicIds), wantsSession: false);
        }

        if (request.SessionEpoch is FinalEpoch or FirstEpoch)
        {
            if (request.SessionId != 0)
            {
                sessions.Remove(request.SessionId);
            }

            bool wantsSession = request.SessionEpoch == FirstEpoch;
            return new FetchPlan(ErrorCode.None, null, ItemsOf(request, usesTopicIds), wantsSession);
        }

        return sessions.Use(request.SessionId) is { } session
            ? Continue(request, session, usesTopicIds, sessions)
            : Refused(ErrorCode.FetchSessionIdNotFound);
    }

    private static FetchPlan Continue(
        FetchRequest request, FetchSession session, bool usesTopicIds, FetchSessionCache sessions)
    {
        lock (session.Gate)
        {
            if (session.NextEpoch != request.SessionEpoch)
            {
                return Refused(ErrorCode.InvalidFetchSessionEpoch);
            }

            if (session.UsesTopicIds != usesTopicIds)
            {
                return Refused(ErrorCode.FetchSessionTopicIdError);
            }

            foreach (FetchItem item in ItemsOf(request, usesTopicIds))
            {
                session.Put(item);
            }

            foreach (FetchRequest.ForgottenTopic topic in request.ForgottenTopicsData)
            {
                foreach (int partition in topic.Partitions)
                {
                    session.Forget(KeyOf(usesTopicIds, topic.TopicId, topic.Topic, partition));
                }
            }

            if (session.Count == 0)
            {
                sessions.Remove(session.Id);
                return new FetchPlan(ErrorCode.None, null, [], wantsSession: false);
            }

            session.Advance();
            return new FetchPlan(
                ErrorCode.None, session, [.. session.Partitions.Select(each => each.Item)], wantsSession: false);
        }
    }

    private static FetchPlan Refused(ErrorCode error) => new(error, null, [], wantsSession: false);

    private static List<FetchItem> ItemsOf(FetchRequest request, bool usesTopicIds)
    {
        List<FetchItem> items = [];
        foreach (FetchRequest.FetchTopic topic in request.Topics)
        {
            foreach (FetchRequest.FetchTopic.FetchPartition partition in topic.Partitions)
            {
                items.Add(new FetchItem(
                    KeyOf(usesTopicIds, topic.TopicId, topic.Topic, partition.Partition),
                    partition.FetchOffset,
                    partition.PartitionMaxBytes,
                    partition.LogStartOffset,
                    partition.CurrentLeaderEpoch,
                    partition.LastFetchedEpoch));
            }
        }

        return items;
    }

    private static FetchKey KeyOf(bool usesTopicIds, Guid id, string name, int partition) =>
        usesTopicIds ? new FetchKey(id, "", partition) : new FetchKey(Guid.Empty, name, partition);
}
