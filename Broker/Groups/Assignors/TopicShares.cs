namespace KLog.Broker.Groups.Assignors;

/// <summary>
/// ◆ How many partitions of each topic the members of each subscription have together. That is all which balance depends on,
/// since a subscription's members can share what it has to within one.
/// </summary>
internal sealed partial class TopicShares
{
    private readonly NumberedGroup _group;
    private readonly int[] _members;
    private readonly long[] _loads;

    /// <summary>By subscription, and then as its topics are in <see cref="NumberedGroup.TopicsOf"/>.</summary>
    private readonly int[][] _shares;

    /// <summary>By topic: which subscriptions have it, and where among their topics.</summary>
    private readonly (int Subscription, int Place)[][] _subscribers;

    /// <param name="owners">By partition, as <see cref="NumberedGroup.Owners"/> gives them.</param>
    public TopicShares(NumberedGroup group, int[] owners)
    {
        _group = group;
        _loads = new long[group.TopicsOf.Length];
        _members = new int[group.TopicsOf.Length];
        foreach (int subscription in group.SubscriptionOf)
        {
            _members[subscription]++;
        }

        _shares = [.. group.TopicsOf.Select(topics => new int[topics.Length])];
        _subscribers = Subscribers(group);
        for (int topic = 0; topic < group.TopicCount; topic++)
        {
            for (int partition = group.FirstPartition[topic]; partition < group.FirstPartition[topic + 1]; partition++)
            {
                if (owners[partition] is >= 0 and int owner)
                {
                    int subscription = group.SubscriptionOf[owner];
                    Add(subscription, group.PlaceOf(topic, subscription), 1);
                }
            }
        }
    }

    public int Of(int subscription, int place) => _shares[subscription][place];

    /// <summary>How many partitions the members of a subscription have in all.</summary>
    public long Load(int subscription) => _loads[subscription];

    public int MembersOf(int subscription) => _members[subscription];

    /// <summary>
    /// Gives each partition that nobody has to who has least: topics with most partitions for each of their subscribers
    /// first, since what is left has more choice then.
    /// </summary>
    public void PlaceFree()
    {
        int[] subscribers = [.. _subscribers.Select(each => each.Sum(subscriber => _members[subscriber.Subscription]))];
        IEnumerable<int> topics = Enumerable.Range(0, _group.TopicCount)
            .OrderByDescending(topic => (double)_group.PartitionsIn(topic) / subscribers[topic])
            .ThenBy(topic => subscribers[topic]);
        foreach (int topic in topics)
        {
            int free = _group.PartitionsIn(topic) - _subscribers[topic].Sum(each => _shares[each.Subscription][each.Place]);
            if (_subscribers[topic] is [var (only, place)])
            {
                Add(only, place, free);
            }
            else if (free > 0)
            {
                PlaceFree(topic, free);
            }
        }
    }

    private void PlaceFree(int topic, int free)
    {
        PriorityQueue<(int Subscription, int Place), (long, int)> byLoad = new(
            _subscribers[topic].Select(each => (each, (Least(each.Subscription), each.Subscription))));
        for (; free > 0; free--)
        {
            (int subscription, int place) = byLoad.Peek();
            Add(subscription, place, 1);
            byLoad.DequeueEnqueue((subscription, place), (Least(subscription), subscription));
        }
    }

    private void Add(int subscription, int place, int partitions)
    {
        _shares[subscription][place] += partitions;
        _loads[subscription] += partitions;
    }

    /// <summary>What the members with the fewest partitions have.</summary>
    private long Least(int subscription) => _loads[subscription] / _members[subscription];

    /// <summary>What the members with the most have.</summary>
    private long Most(int subscription) => (_loads[subscription] + _members[subscription] - 1) / _members[subscription];

    private static (int Subscription, int Place)[][] Subscribers(NumberedGroup group)
    {
        int[] counts = new int[group.TopicCount];
        foreach (int topic in group.TopicsOf.SelectMany(topics => topics))
        {
            counts[topic]++;
        }

        (int, int)[][] subscribers = [.. counts.Select(count => new (int, int)[count])];
        for (int subscription = group.TopicsOf.Length - 1; subscription >= 0; subscription--)
        {
            int[] topics = group.TopicsOf[subscription];
            for (int place = 0; place < topics.Length; place++)
            {
                subscribers[topics[place]][--counts[topics[place]]] = (subscription, place);
            }
        }

        return subscribers;
    }
}
