namespace KLog.Broker.Groups.Assignors;

/// <summary>
/// ◆ A group whose members, topics and partitions are numbers. Members are in the order in which assignors serve them: static
/// ones by instance id, so that one which comes back under another member id has the same place, then the others by member
/// id. Topics are those that exist and have a subscriber, by id; partitions are numbered through all topics. Members with
/// the same topics share a subscription.
/// </summary>
internal sealed class NumberedGroup
{
    private readonly Guid[] _topicIds;
    private readonly Dictionary<Guid, int> _topicNumbers;

    public NumberedGroup(AssignmentInput input)
    {
        Members = [.. input.Members];
        Array.Sort(Members, Compare);
        (SubscriptionOf, List<IReadOnlySet<Guid>> subscriptions) = Subscriptions(Members);

        HashSet<Guid> topics = [];
        foreach (IReadOnlySet<Guid> subscription in subscriptions)
        {
            topics.UnionWith(subscription);
        }

        _topicIds = [.. topics.Where(topic => input.Partitions.GetValueOrDefault(topic) > 0).Order()];
        _topicNumbers = new Dictionary<Guid, int>(_topicIds.Length);
        FirstPartition = new int[_topicIds.Length + 1];
        for (int topic = 0; topic < _topicIds.Length; topic++)
        {
            _topicNumbers[_topicIds[topic]] = topic;
            FirstPartition[topic + 1] = FirstPartition[topic] + input.Partitions[_topicIds[topic]];
        }

        TopicsOf = new int[subscriptions.Count][];
        for (int subscription = 0; subscription < TopicsOf.Length; subscription++)
        {
            TopicsOf[subscription] = [.. subscriptions[subscription].Where(_topicNumbers.ContainsKey).Select(topic => _topicNumbers[topic]).Order()];
        }
    }

    public AssignedMember[] Members { get; }

    /// <summary>By member.</summary>
    public int[] SubscriptionOf { get; }

    /// <summary>By subscription; each in ascending order.</summary>
    public int[][] TopicsOf { get; }

    public int TopicCount => _topicIds.Length;

    /// <summary>By topic, and at the end the number of all partitions.</summary>
    public int[] FirstPartition { get; }

    public int PartitionCount => FirstPartition[^1];

    public int PartitionsIn(int topic) => FirstPartition[topic + 1] - FirstPartition[topic];

    public Guid IdOf(int topic) => _topicIds[topic];

    /// <summary>Where among its subscription's topics one is; negative: it is not.</summary>
    public int PlaceOf(int topic, int subscription)
    {
        int[] topics = TopicsOf[subscription];
        return topics.Length == _topicIds.Length ? topic : Array.BinarySearch(topics, topic);
    }

    /// <summary>
    /// Who has each partition now, as far as it may keep it: -1 for nobody. Where two claim one, the first has it.
    /// </summary>
    public int[] Owners()
    {
        int[] owners = new int[PartitionCount];
        Array.Fill(owners, -1);
        for (int member = 0; member < Members.Length; member++)
        {
            foreach ((Guid id, var partitions) in Members[member].Current.Topics)
            {
                if (!_topicNumbers.TryGetValue(id, out int topic) || PlaceOf(topic, SubscriptionOf[member]) < 0)
                {
                    continue;
                }

                foreach (int partition in partitions)
                {
                    if ((uint)partition < (uint)PartitionsIn(topic) && owners[FirstPartition[topic] + partition] < 0)
                    {
                        owners[FirstPartition[topic] + partition] = member;
                    }
                }
            }
        }

        return owners;
    }

    private static int Compare(AssignedMember one, AssignedMember other) => (one.InstanceId, other.InstanceId) switch
    {
        (null, null) => string.CompareOrdinal(one.MemberId, other.MemberId),
        (null, _) => 1,
        (_, null) => -1,
        var (first, second) when first != second => string.CompareOrdinal(first, second),
        _ => string.CompareOrdinal(one.MemberId, other.MemberId),
    };

    private static (int[] Of, List<IReadOnlySet<Guid>> All) Subscriptions(AssignedMember[] members)
    {
        int[] of = new int[members.Length];
        List<IReadOnlySet<Guid>> all = [];
        Dictionary<IReadOnlySet<Guid>, int> same = new(ReferenceEqualityComparer.Instance);
        Dictionary<IReadOnlySet<Guid>, int> equal = new(new SameTopics());
        for (int member = 0; member < members.Length; member++)
        {
            IReadOnlySet<Guid> topics = members[member].Topics;
            if (!same.TryGetValue(topics, out int number))
            {
                if (!equal.TryGetValue(topics, out number))
                {
                    number = all.Count;
                    all.Add(topics);
                    equal.Add(topics, number);
                }

                same.Add(topics, number);
            }

            of[member] = number;
        }

        return (of, all);
    }

    private sealed class SameTopics : IEqualityComparer<IReadOnlySet<Guid>>
    {
        public bool Equals(IReadOnlySet<Guid>? one, IReadOnlySet<Guid>? other) => one!.Count == other!.Count && one.SetEquals(other);

        public int GetHashCode(IReadOnlySet<Guid> topics)
        {
            int sum = topics.Count;
            foreach (Guid topic in topics)
            {
                sum += topic.GetHashCode();
            }

            return sum;
        }
    }
}
