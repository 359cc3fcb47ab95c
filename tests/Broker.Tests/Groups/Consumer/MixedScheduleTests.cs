using KLog.Broker.Groups.Consumer;
using Xunit.Abstractions;

namespace KLog.Broker.Tests.Groups.Consumer;

/// <summary>
/// Members of both protocols in one group, in any order; where the last of the consumer protocol goes, the group is a classic
/// one until the next comes. Topics stay: only one of the consumer protocol sees them change.
/// </summary>
public sealed class MixedScheduleTests(ITestOutputHelper output)
{
    private static readonly string[] Names = ["a", "b", "c"];

    private readonly List<SimulatedMember> _members = [];
    private readonly List<SimulatedClassicMember> _classics = [];
    private GroupUnderTest _group = null!;
    private Random _random = null!;
    private int _ids;

    [Theory]
    [InlineData(null)]
    [InlineData(1)]
    [InlineData(2)]
    public void Members_of_both_protocols_come_to_rest(int? given)
    {
        int seed = given ?? Environment.TickCount;
        for (int run = 0; run < 4; run++, seed++)
        {
            output.WriteLine($"seed {seed}");
            Run(seed);
        }
    }

    private void Run(int seed)
    {
        _random = new Random(seed);
        _group = new GroupUnderTest(("a", 4), ("b", 3), ("c", 1));
        _members.Clear();
        _classics.Clear();
        Join();
        for (int step = 0; step < 200; step++)
        {
            _group.Refuses = () => _random.Next(20) == 0;
            Do(Step);
        }

        _group.Refuses = () => false;
        for (int round = 0; round < 40; round++)
        {
            Do(() => _group.Pass(2_000));
            foreach (SimulatedMember member in _members.ToArray())
            {
                Do(() => Beat(member, isLost: false));
            }

            foreach (SimulatedClassicMember member in _classics.ToArray())
            {
                Do(() => Turn(member, isLost: false));
            }
        }

        Rested();
    }

    private void Do(Action action)
    {
        ConsumerGroupState before = _group.Group.State;
        action();
        if (_group.Downgrade is not null)
        {
            Upgrade();
            return;
        }

        GroupInvariants.Check(_group, before);
        foreach (SimulatedClassicMember client in _classics)
        {
            if (_group.Group.State.Member(client.Id) is { } member && client.Generation == member.Epoch)
            {
                Assert.All(client.Owned, each => Assert.True(
                    member.Assigned.Contains(TestCluster.Id(each.Topic), each.Partition)
                    || member.PendingRevocation.Contains(TestCluster.Id(each.Topic), each.Partition),
                    $"{client.Id} owns {each} and the group does not know"));
            }
        }
    }

    /// <summary>The group was classic for a while in which nothing happened, and comes back as it went.</summary>
    private void Upgrade()
    {
        ConsumerGroupState before = _group.Group.State;
        _members.Clear();
        GroupUpgrade? upgrade = ConsumerGroup.FromClassic(
            _group.TakeDowngrade().Facts, GroupUnderTest.Assignors, () => "id", _group.Context, out _);
        Assert.NotNull(upgrade);
        _group.Become(upgrade);
        Assert.Equal(before.Epoch, _group.Group.State.Epoch);
        Join();
        GroupInvariants.Check(_group, before);
    }

    private void Step()
    {
        switch (_random.Next(16))
        {
            case 0 when _members.Count < 3:
                Join();
                break;
            case 1 or 2 when _classics.Count < 4:
                SimulatedClassicMember classic = new($"c{_ids++}", isEager: _random.Next(2) == 0);
                classic.Subscribe(SomeTopics());
                _classics.Add(classic);
                Turn(classic, isLost: false);
                break;
            case 3 when _members.Count > 0:
                SimulatedMember leaving = _members[_random.Next(_members.Count)];
                _members.Remove(leaving);
                _group.Leave(leaving.Id);
                break;
            case 4 when _classics.Count > 0:
                SimulatedClassicMember going = _classics[_random.Next(_classics.Count)];
                _classics.Remove(going);
                _group.ClassicLeave((going.Id, null));
                break;
            case 5 when _classics.Count > 0:
                _classics[_random.Next(_classics.Count)].Subscribe(SomeTopics());
                break;
            case 6:
                _group.Reload();
                break;
            case 7 or 8:
                _group.Pass(_random.Next(3_000));
                break;
            default:
                Someone();
                break;
        }
    }

    private void Someone()
    {
        int who = _random.Next(_members.Count + _classics.Count + 1);
        bool isLost = _random.Next(8) == 0;
        if (who < _members.Count)
        {
            Beat(_members[who], isLost);
        }
        else if (who < _members.Count + _classics.Count)
        {
            Turn(_classics[who - _members.Count], isLost);
        }
    }

    private string[] SomeTopics() => [.. Names.Where(_ => _random.Next(2) == 0)];

    private void Join()
    {
        SimulatedMember member = new($"m{_ids++}", null);
        member.Subscribe(SomeTopics(), null);
        _members.Add(member);
        Beat(member, isLost: false);
    }

    private void Beat(SimulatedMember member, bool isLost)
    {
        var response = _group.Send(member.Next());
        member.Hear(isLost ? null : response);
        member.Reconcile();
    }

    private void Turn(SimulatedClassicMember member, bool isLost)
    {
        if (_group.Downgrade is null)
        {
            member.Turn(_group, isLost);
        }
    }

    private void Rested()
    {
        ConsumerGroupState state = _group.Group.State;
        Assert.Equal(_members.Select(member => member.Id).Concat(_classics.Select(member => member.Id)).Order(), state.Members.Keys.Order());
        Assert.True(state.Members.Count == 0 || state.Name == "Stable", state.Name);
        (string Owner, (Guid, int) Partition)[] owned =
        [
            .. _members.SelectMany(member => member.Owned.Select(each => (member.Id, each))),
            .. _classics.SelectMany(member => member.Owned.Select(each => (member.Id, (TestCluster.Id(each.Topic), each.Partition)))),
        ];
        var wanted =
            from topic in _group.Cluster.Topics.Values
            where _members.Any(member => member.Topics.Contains(topic.Name)) || _classics.Any(member => member.Topics.Contains(topic.Name))
            from partition in topic.Partitions
            select (topic.Id, partition.Index);
        Assert.Equal(wanted.Order(), owned.Select(each => each.Partition).Order());
    }
}
