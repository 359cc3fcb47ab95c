namespace KLog.Broker.Groups.Assignors;

/// <summary>
/// The balance: partitions go from the subscription whose members have most, straight or by way of others (it gives one
/// topic's partition to who gives another topic's on), to one whose members have at least two fewer, until there is no such
/// way. Then no other assignment is better balanced (semi-matchings, Harvey et al. 2003).
/// </summary>
internal sealed partial class TopicShares
{
    /// <summary>How many steps the search may take; beyond, what is balanced so far has to do.</summary>
    private const long MostSteps = 200_000_000;

    /// <summary>By subscription: over whom, and by which of its topics, the search came to it.</summary>
    private (int From, int FromPlace, int Place)[] _way = [];
    private int[] _reachedIn = [];
    private int[] _searchedIn = [];
    private bool[] _isDone = [];
    private long _openLoad;
    private long _openMembers;
    private long _steps;

    public void Balance()
    {
        if (_loads.Length < 2)
        {
            return;
        }

        _way = new (int, int, int)[_loads.Length];
        _reachedIn = new int[_loads.Length];
        _searchedIn = new int[_group.TopicCount];
        _isDone = new bool[_loads.Length];
        _openLoad = _loads.Sum();
        _openMembers = _group.Members.Length;
        PriorityQueue<int, (long, int)> byLoad = new(Enumerable.Range(0, _loads.Length).Select(each => (each, (-Most(each), each))));
        for (int search = 1; _steps < MostSteps && byLoad.TryDequeue(out int most, out (long Load, int) priority); search++)
        {
            // What is in the queue with an older load is there with the right one too.
            if (_isDone[most] || -priority.Load != Most(most))
            {
                continue;
            }

            if (Relieve(most, search) is { } relief)
            {
                byLoad.Enqueue(most, (-Most(most), most));
                byLoad.Enqueue(relief, (-Most(relief), relief));
            }
        }
    }

    /// <summary>Moves partitions from one subscription to the nearest that has room, and says which that is.</summary>
    /// <returns>null: there is none. All that was reached is done, since what reaches it has no way out of it.</returns>
    private int? Relieve(int most, int search)
    {
        List<int> reached = [most];
        _reachedIn[most] = search;
        for (int begin = 0; begin < reached.Count;)
        {
            int end = reached.Count;
            for (; begin < end; begin++)
            {
                Reach(reached[begin], search, reached);
            }

            int least = -1;
            for (int i = end; i < reached.Count; i++)
            {
                least = least < 0 || Least(reached[i]) < Least(least) ? reached[i] : least;
            }

            if (least >= 0 && Least(least) <= Most(most) - 2)
            {
                Move(most, least);
                return least;
            }
        }

        foreach (int subscription in reached)
        {
            _isDone[subscription] = true;
            _openLoad -= _loads[subscription];
            _openMembers -= _members[subscription];
        }

        return null;
    }

    /// <summary>Adds who can take a partition that a subscription has.</summary>
    private void Reach(int from, int search, List<int> reached)
    {
        int[] topics = _group.TopicsOf[from];
        _steps += topics.Length;
        for (int place = 0; place < topics.Length; place++)
        {
            int topic = topics[place];
            if (_shares[from][place] == 0 || _searchedIn[topic] == search)
            {
                continue;
            }

            _searchedIn[topic] = search;
            _steps += _subscribers[topic].Length;
            foreach ((int subscription, int at) in _subscribers[topic])
            {
                if (_reachedIn[subscription] != search && !_isDone[subscription])
                {
                    _reachedIn[subscription] = search;
                    _way[subscription] = (from, place, at);
                    reached.Add(subscription);
                }
            }
        }
    }

    /// <summary>
    /// As many as can go this way until the two are even, but no more than brings the giver to the average: others may
    /// have more to give.
    /// </summary>
    private void Move(int most, int least)
    {
        long count = ((_loads[most] * _members[least]) - (_loads[least] * _members[most])) / (_members[most] + _members[least]);
        long aboveAverage = _loads[most] - (_members[most] * ((_openLoad + _openMembers - 1) / _openMembers));
        count = Math.Max(1, aboveAverage > 0 ? Math.Min(count, aboveAverage) : count);
        for (int at = least; at != most; at = _way[at].From)
        {
            count = Math.Min(count, _shares[_way[at].From][_way[at].FromPlace]);
        }

        for (int at = least; at != most; at = _way[at].From)
        {
            Add(_way[at].From, _way[at].FromPlace, -(int)count);
            Add(at, _way[at].Place, (int)count);
        }
    }
}
