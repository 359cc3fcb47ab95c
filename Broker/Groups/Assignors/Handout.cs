namespace KLog.Broker.Groups.Assignors;

/// <summary>
/// ◆ Which member has which partition, once it is known how many each subscription gets of each topic. A member keeps what it
/// has, unless its subscription has to give some of a topic, or it has more than its quota; then it gives of the topic it
/// has most of. What is free is dealt out one by one.
/// </summary>
internal sealed class Handout
{
    private readonly NumberedGroup _group;
    private readonly int[] _owners;
    private readonly int[] _topicOf;
    private readonly TopicShares _target;

    /// <summary>By subscription and place: what its members have still.</summary>
    private readonly int[][] _kept;
    private readonly int[] _loads;
    private readonly int[] _quotas;
    private readonly bool[] _isChanged;

    /// <summary>By topic: no partition before this one is free.</summary>
    private readonly int[] _free;

    /// <param name="owners">By partition, as <see cref="NumberedGroup.Owners"/> gives them; becomes the new ones.</param>
    /// <param name="before">The shares that the owners have.</param>
    public Handout(NumberedGroup group, int[] owners, TopicShares before, TopicShares target)
    {
        _group = group;
        _owners = owners;
        _target = target;
        _kept = [.. group.TopicsOf.Select((topics, subscription) => topics.Select((_, place) => before.Of(subscription, place)).ToArray())];
        _quotas = new int[group.Members.Length];
        _free = group.FirstPartition[..^1];
        _topicOf = new int[owners.Length];
        for (int topic = 0; topic < group.TopicCount; topic++)
        {
            _topicOf.AsSpan(group.FirstPartition[topic], group.PartitionsIn(topic)).Fill(topic);
        }

        _loads = new int[group.Members.Length];
        foreach (int owner in owners.Where(owner => owner >= 0))
        {
            _loads[owner]++;
        }

        _isChanged = [.. group.Members.Select((member, number) => member.Current.Count != _loads[number])];
    }

    public IReadOnlyDictionary<string, MemberPartitions> Assign()
    {
        int[][] members = [.. _group.TopicsOf.Select((_, subscription) => new int[_target.MembersOf(subscription)])];
        int[] filled = new int[members.Length];
        for (int member = 0; member < _group.Members.Length; member++)
        {
            int subscription = _group.SubscriptionOf[member];
            members[subscription][filled[subscription]++] = member;
        }

        // All give before any takes.
        OwnedPartitions owned = new(_owners, _group.Members.Length);
        for (int subscription = 0; subscription < members.Length; subscription++)
        {
            SetQuotas(members[subscription], _target.Load(subscription));
            Give(members[subscription], subscription, owned);
        }

        for (int subscription = 0; subscription < members.Length; subscription++)
        {
            Deal(members[subscription], subscription);
        }

        return Result();
    }

    /// <summary>Who has more than the least already gets one more, as long as there is one.</summary>
    private void SetQuotas(int[] members, long load)
    {
        (long least, long more) = Math.DivRem(load, members.Length);
        foreach (int member in members)
        {
            _quotas[member] = (int)least;
            if (_loads[member] > least && more > 0)
            {
                _quotas[member]++;
                more--;
            }
        }

        for (int i = 0; more > 0; i++)
        {
            if (_quotas[members[i]] == least)
            {
                _quotas[members[i]]++;
                more--;
            }
        }
    }

    private void Give(int[] members, int subscription, OwnedPartitions owned)
    {
        foreach (int member in members.Where(member => _loads[member] > _quotas[member]))
        {
            int[] given = OfMostFirst(owned.Of(member));
            Release(given, subscription, partition => Excess(partition, subscription) > 0 && _loads[member] > _quotas[member]);
            Release(given, subscription, _ => _loads[member] > _quotas[member]);
        }

        // Nobody has too many now, but the subscription may have too many of a topic.
        if (Enumerable.Range(0, _kept[subscription].Length).Any(place => _kept[subscription][place] > _target.Of(subscription, place)))
        {
            foreach (int member in members)
            {
                Release(owned.Of(member), subscription, partition => Excess(partition, subscription) > 0);
            }
        }
    }

    private int Excess(int partition, int subscription)
    {
        int place = _group.PlaceOf(_topicOf[partition], subscription);
        return _kept[subscription][place] - _target.Of(subscription, place);
    }

    private void Release(ReadOnlySpan<int> partitions, int subscription, Func<int, bool> goes)
    {
        foreach (int partition in partitions)
        {
            if (_owners[partition] is >= 0 and int owner && goes(partition))
            {
                _owners[partition] = -1;
                _loads[owner]--;
                _isChanged[owner] = true;
                _kept[subscription][_group.PlaceOf(_topicOf[partition], subscription)]--;
            }
        }
    }

    /// <summary>What goes first is the last partition of the topic that most are of; then its last but one is like the others' last.</summary>
    private int[] OfMostFirst(ReadOnlySpan<int> partitions)
    {
        int[] sorted = partitions.ToArray();
        long[] keys = new long[sorted.Length];
        for (int i = 0, rank = 0; i < sorted.Length; i++)
        {
            rank = i > 0 && _topicOf[sorted[i]] == _topicOf[sorted[i - 1]] ? rank + 1 : 0;
            keys[i] = -(((long)rank << 32) + i);
        }

        Array.Sort(keys, sorted);
        return sorted;
    }

    private void Deal(int[] members, int subscription)
    {
        Queue<int> open = new(members.Where(member => _loads[member] < _quotas[member]));
        int[] topics = _group.TopicsOf[subscription];
        for (int place = 0; place < topics.Length; place++)
        {
            for (int count = _target.Of(subscription, place) - _kept[subscription][place]; count > 0; count--)
            {
                int member = open.Dequeue();
                _owners[NextFree(topics[place])] = member;
                _isChanged[member] = true;
                if (++_loads[member] < _quotas[member])
                {
                    open.Enqueue(member);
                }
            }
        }
    }

    private int NextFree(int topic)
    {
        while (_owners[_free[topic]] >= 0)
        {
            _free[topic]++;
        }

        return _free[topic];
    }

    private Dictionary<string, MemberPartitions> Result()
    {
        OwnedPartitions owned = new(_owners, _group.Members.Length);
        Dictionary<string, MemberPartitions> result = new(_group.Members.Length);
        List<(Guid, int)> partitions = [];
        for (int number = 0; number < _group.Members.Length; number++)
        {
            AssignedMember member = _group.Members[number];
            partitions.Clear();
            if (_isChanged[number])
            {
                foreach (int partition in owned.Of(number))
                {
                    int topic = _topicOf[partition];
                    partitions.Add((_group.IdOf(topic), partition - _group.FirstPartition[topic]));
                }
            }

            result[member.MemberId] = _isChanged[number] ? MemberPartitions.Of(partitions) : member.Current;
        }

        return result;
    }
}
