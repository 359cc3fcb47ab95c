using KLog.Broker.Groups;
using KLog.Broker.Groups.Assignors;
using Xunit;

namespace KLog.Broker.Tests.Groups.Assignors;

/// <summary>A group that members join and leave, whose topics come, grow and go, and which takes on what an assignor says.</summary>
internal sealed class RandomGroup
{
    private readonly Random _random;
    private readonly bool _isHomogeneous;
    private readonly Dictionary<Guid, int> _partitions = [];
    private readonly List<AssignedMember> _members = [];
    private int _joined;

    public RandomGroup(Random random, bool isHomogeneous)
    {
        (_random, _isHomogeneous) = (random, isHomogeneous);
        for (int topics = random.Next(1, 7); topics > 0; topics--)
        {
            _partitions[NewId()] = random.Next(1, 12);
        }

        for (int members = random.Next(1, 9); members > 0; members--)
        {
            Join();
        }
    }

    public AssignmentInput Input => new([.. _members], _partitions);

    public void TakeOn(IReadOnlyDictionary<string, MemberPartitions> assignment)
    {
        for (int i = 0; i < _members.Count; i++)
        {
            _members[i] = _members[i] with { Current = assignment[_members[i].MemberId] };
        }
    }

    public void Change()
    {
        switch (_random.Next(7))
        {
            case 0 or 1:
                Join();
                break;
            case 2 or 3 when _members.Count > 1:
                Leave(_random.Next(_members.Count));
                break;
            case 4:
                _partitions[_partitions.Keys.ElementAt(_random.Next(_partitions.Count))] += _random.Next(1, 4);
                break;
            case 5 when _partitions.Count > 1:
                _partitions.Remove(_partitions.Keys.ElementAt(_random.Next(_partitions.Count)));
                break;
            default:
                _partitions[NewId()] = _random.Next(1, 12);
                Subscribe(_random.Next(_members.Count));
                break;
        }
    }

    public void Leave(int member) => _members.RemoveAt(member);

    public void Join()
    {
        string? instance = _random.Next(3) == 0 ? $"instance-{_joined}" : null;
        _members.Add(new AssignedMember($"member-{_random.Next()}-{_joined++}", instance, new HashSet<Guid>(), MemberPartitions.None));
        Subscribe(_members.Count - 1);
    }

    /// <summary>The same group, told in another order.</summary>
    public AssignmentInput Shuffled()
    {
        AssignedMember[] members = [.. _members.Select(member => member with { Topics = member.Topics.Reverse().ToHashSet() })];
        _random.Shuffle(members);
        return new AssignmentInput(members, _partitions.Reverse().ToDictionary());
    }

    public bool IsSame(IReadOnlyDictionary<string, MemberPartitions> one, IReadOnlyDictionary<string, MemberPartitions> other) =>
        one.Count == other.Count && _members.TrueForAll(member => one[member.MemberId].Equals(other[member.MemberId]));

    /// <summary>Every partition that has a subscriber goes to one, and nothing else to anybody.</summary>
    public static void AssertWhole(AssignmentInput input, IReadOnlyDictionary<string, MemberPartitions> assignment)
    {
        Assert.Equal(input.Members.Select(member => member.MemberId).Order(), assignment.Keys.Order());
        Assert.All(input.Members, member => Assert.Subset(member.Topics.ToHashSet(), assignment[member.MemberId].Topics.Keys.ToHashSet()));
        IEnumerable<(Guid, int)> expected =
            from topic in input.Members.SelectMany(member => member.Topics).Distinct()
            from partition in Enumerable.Range(0, input.Partitions.GetValueOrDefault(topic))
            select (topic, partition);
        Assert.Equal(expected.Order(), assignment.Values.SelectMany(partitions => partitions.All).Order());
    }

    private void Subscribe(int member)
    {
        for (int i = 0; i < _members.Count; i++)
        {
            if (_isHomogeneous || i == member)
            {
                // A topic that does not exist is there too, and a member that wants nothing.
                HashSet<Guid> topics = [.. _partitions.Keys.Append(Guid.Empty).Where(_ => _isHomogeneous || _random.Next(2) == 0)];
                _members[i] = _members[i] with { Topics = topics };
            }
        }
    }

    private Guid NewId()
    {
        Span<byte> bytes = stackalloc byte[16];
        _random.NextBytes(bytes);
        return new Guid(bytes);
    }
}
