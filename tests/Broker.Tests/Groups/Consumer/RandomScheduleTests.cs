using KLog.Broker.Groups.Consumer;
using KLog.Broker.Metadata;
using KLog.Protocol;
using KLog.Protocol.Messages;
using Xunit.Abstractions;

namespace KLog.Broker.Tests.Groups.Consumer;

/// <summary>
/// Members join, leave, fall silent and come back, answers get lost, topics change, the log refuses, coordinators take over:
/// in any order. What must hold is checked after every step, and in the end, when all is quiet, everybody has its share.
/// </summary>
public sealed class RandomScheduleTests(ITestOutputHelper output)
{
    private static readonly string[] Names = ["a", "b", "c", "d"];
    private static readonly string[] Expressions = ["[ab]", "c|d", ".*", "e+"];

    private readonly List<SimulatedMember> _members = [];
    private readonly HashSet<string> _mayGo = [];
    private readonly Dictionary<string, long> _heardMs = [];
    private GroupUnderTest _group = null!;
    private Random _random = null!;
    private byte _incarnation;
    private int _ids;

    [Theory]
    [InlineData(null)]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void Every_partition_has_one_owner_and_everybody_comes_to_rest(int? given)
    {
        int seed = given ?? Environment.TickCount;
        for (int run = 0; run < 3; run++, seed++)
        {
            output.WriteLine($"seed {seed}");
            Run(seed);
        }
    }

    private void Run(int seed)
    {
        _random = new Random(seed);
        _group = new GroupUnderTest(("a", 4), ("b", 3));
        _members.Clear();
        _heardMs.Clear();
        _incarnation = 1;
        for (int step = 0; step < 300; step++)
        {
            _group.Refuses = () => _random.Next(20) == 0;
            Do(Step);
        }

        _group.Refuses = () => false;
        for (int round = 0; round < 20; round++)
        {
            Do(() => _group.Pass(4_000));
            foreach (SimulatedMember member in _members.ToArray())
            {
                Do(() => Beat(member, isLost: false));
                member.Reconcile();
            }
        }

        Rested();
    }

    private void Do(Action action)
    {
        ConsumerGroupState before = _group.Group.State;
        _mayGo.Clear();
        action();
        GroupInvariants.Check(_group, before);
        foreach (ConsumerMember gone in before.Members.Values.Where(member => _group.Group.State.Member(member.MemberId) is null))
        {
            bool isLate = gone.State == ReconciliationState.UnrevokedPartitions
                || _heardMs.GetValueOrDefault(gone.MemberId) + _group.Settings.SessionTimeoutMs <= _group.NowMs;
            Assert.True(isLate || _mayGo.Contains(gone.MemberId), $"{gone.MemberId} was lost");
        }

        ClientsOwnNothingTwice();
    }

    private void Step()
    {
        switch (_random.Next(24))
        {
            case 0 or 1 when _members.Count < 7:
                Join();
                break;
            case 2 when _members.Count > 1:
                Leave(Any());
                break;
            case 3 when _members.Count > 0:
                Return(Any());
                break;
            case 4 when _members.Count > 0:
                Subscribe(Any());
                break;
            case 5:
                ChangeTopics();
                break;
            case 6:
                _group.Reload();
                foreach (SimulatedMember member in _members)
                {
                    _heardMs[member.Id] = _group.NowMs;
                }

                break;
            case 7:
                _group.Log.DropTombstones();
                break;
            case 8 when _random.Next(4) == 0:
                _group.Pass(_random.Next(50_000));
                break;
            case 9 or 10:
                _group.Pass(_random.Next(2_000));
                break;
            default:
                if (_members.Count > 0)
                {
                    SimulatedMember member = Any();
                    Beat(member, isLost: _random.Next(8) == 0);
                    if (_random.Next(3) > 0)
                    {
                        member.Reconcile();
                    }
                }

                break;
        }
    }

    private SimulatedMember Any() => _members[_random.Next(_members.Count)];

    private void Join()
    {
        string? instance = _random.Next(3) == 0 ? $"i{_random.Next(3)}" : null;
        SimulatedMember member = new($"m{_ids++}", instance);
        Subscribe(member);
        _members.Add(member);
        Beat(member, isLost: _random.Next(8) == 0);
    }

    private void Leave(SimulatedMember member)
    {
        _mayGo.Add(member.Id);
        _members.Remove(member);
        _group.Leave(member.Id, -1, member.Instance);
    }

    /// <summary>A static member steps out, and another process comes in its place; sometimes without the first having said so.</summary>
    private void Return(SimulatedMember member)
    {
        if (member.Instance is null)
        {
            return;
        }

        _mayGo.Add(member.Id);
        _members.Remove(member);
        if (_random.Next(4) > 0)
        {
            _group.Leave(member.Id, -2, member.Instance);
        }

        SimulatedMember next = new($"m{_ids++}", member.Instance);
        next.Subscribe(member.Topics, member.Expression);
        _members.Add(next);
        Beat(next, isLost: _random.Next(8) == 0);
    }

    private void Subscribe(SimulatedMember member)
    {
        string[] topics = [.. Names.Where(_ => _random.Next(2) == 0)];
        string? expression = _random.Next(3) == 0 ? Expressions[_random.Next(Expressions.Length)] : null;
        member.Subscribe(topics, expression);
    }

    private void ChangeTopics()
    {
        string name = Names[_random.Next(Names.Length)];
        TopicState? topic = _group.Cluster.Topic(name);
        _group.Cluster = topic is not null && _random.Next(3) == 0
            ? _group.Cluster.Without([name])
            : _group.Cluster.With(
                [TestCluster.Topic(name, (topic?.Partitions.Count ?? 0) + 1, topic?.Id.ToByteArray(bigEndian: true)[15] ?? _incarnation++)]);
    }

    private void Beat(SimulatedMember member, bool isLost)
    {
        ConsumerGroupHeartbeatRequest request = member.Next();
        if (member.Instance is not null && _group.Group.State.StaticMember(member.Instance) is { } former)
        {
            _mayGo.Add(former.MemberId);
        }

        ConsumerGroupHeartbeatResponse response = _group.Send(request);
        if (response.ErrorCode is ErrorCode.None or ErrorCode.CoordinatorNotAvailable)
        {
            _heardMs[member.Id] = _group.NowMs;
        }

        member.Hear(isLost ? null : response);
        if (member.IsFenced)
        {
            _members.Remove(member);
        }
    }

    /// <summary>Seen from the clients: those that the group still knows own nothing that it does not know of.</summary>
    private void ClientsOwnNothingTwice()
    {
        foreach (SimulatedMember client in _members)
        {
            if (_group.Group.State.Member(client.Id) is { } member && client.Epoch > 0)
            {
                Assert.All(client.Owned, each => Assert.True(
                    member.Assigned.Contains(each.Topic, each.Partition) || member.PendingRevocation.Contains(each.Topic, each.Partition),
                    $"{client.Id} owns {each} and the group does not know"));
            }
        }
    }

    private void Rested()
    {
        ConsumerGroupState state = _group.Group.State;
        if (_members.Count == 0)
        {
            return;
        }

        Assert.Equal("Stable", state.Name);
        Assert.Equal(_members.Select(member => member.Id).Order(), state.Members.Keys.Order());
        Dictionary<(Guid, int), string> owners = [];
        foreach (SimulatedMember member in _members)
        {
            Assert.Equal(state.Member(member.Id)!.Epoch, member.Epoch);
            Assert.All(member.Owned, each => Assert.True(owners.TryAdd(each, member.Id), $"{each} is owned twice"));
        }

        var wanted =
            from topic in _group.Cluster.Topics.Values
            where _members.Any(member => Wants(member, topic.Name))
            from partition in topic.Partitions
            select (topic.Id, partition.Index);
        Assert.Equal(wanted.Order(), owners.Keys.Order());
        Assert.All(owners, owner => Assert.True(
            Wants(_members.Single(member => member.Id == owner.Value), _group.Cluster.Topic(owner.Key.Item1)!.Name)));
    }

    private static bool Wants(SimulatedMember member, string topic) =>
        member.Topics.Contains(topic)
        || (member.Expression is { } expression && System.Text.RegularExpressions.Regex.IsMatch(topic, $"^({expression})$"));
}
