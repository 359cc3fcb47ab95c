using KLog.Broker.Groups;
using KLog.Broker.Groups.Assignors;
using KLog.Tests;
using Xunit;
using Xunit.Abstractions;

namespace KLog.Broker.Tests.Groups.Assignors;

public sealed class UniformAssignorTests(ITestOutputHelper output)
{
    private static readonly Guid TopicA = new("00000000-0000-0000-0000-00000000000a");
    private static readonly Guid TopicB = new("00000000-0000-0000-0000-00000000000b");
    private readonly UniformAssignor _assignor = new();

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void EveryPartitionIsAssignedOnceAndTheSameWhateverTheOrder(bool isHomogeneous)
    {
        Random random = Seed.Random(output);
        for (int i = 0; i < 100; i++)
        {
            RandomGroup group = new(random, isHomogeneous);
            for (int change = 0; change < 10; change++)
            {
                var assignment = _assignor.Assign(group.Input);
                RandomGroup.AssertWhole(group.Input, assignment);
                Assert.True(group.IsSame(assignment, _assignor.Assign(group.Shuffled())));
                group.TakeOn(assignment);
                group.Change();
            }
        }
    }

    [Fact]
    public void WithTheSameTopicsAllHaveAsManyToWithinOneAndNoMoreMovesThanThatNeeds()
    {
        Random random = Seed.Random(output);
        for (int i = 0; i < 200; i++)
        {
            RandomGroup group = new(random, isHomogeneous: true);
            for (int change = 0; change < 10; change++)
            {
                AssignmentInput input = group.Input;
                var assignment = _assignor.Assign(input);
                int[] counts = [.. assignment.Values.Select(partitions => partitions.Count)];
                Assert.InRange(counts.Max() - counts.Min(), 0, 1);
                Assert.Equal(MostThatCanStay(input), Stays(input, assignment));
                group.TakeOn(assignment);
                group.Change();
            }
        }
    }

    [Fact]
    public void NobodyLosesAPartitionWhenAnotherLeaves()
    {
        Random random = Seed.Random(output);
        for (int i = 0; i < 100; i++)
        {
            RandomGroup group = new(random, isHomogeneous: true);
            group.Join();
            group.TakeOn(_assignor.Assign(group.Input));
            group.Leave(0);
            var assignment = _assignor.Assign(group.Input);
            Assert.All(group.Input.Members, member => Assert.Empty(member.Current.Except(assignment[member.MemberId]).All));
        }
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void WithoutAChangeEachKeepsTheVeryAssignmentItHas(bool isHomogeneous)
    {
        Random random = Seed.Random(output);
        for (int i = 0; i < 100; i++)
        {
            RandomGroup group = new(random, isHomogeneous);
            group.TakeOn(_assignor.Assign(group.Input));
            var again = _assignor.Assign(group.Input);
            Assert.All(group.Input.Members.Where(member => !member.Current.IsEmpty), member => Assert.Same(member.Current, again[member.MemberId]));
        }
    }

    [Fact]
    public void WithDifferentTopicsNoWayIsLeftFromWhoHasMoreToWhoHasTwoFewer()
    {
        Random random = Seed.Random(output);
        for (int i = 0; i < 200; i++)
        {
            RandomGroup group = new(random, isHomogeneous: false);
            for (int change = 0; change < 10; change++)
            {
                AssignmentInput input = group.Input;
                var assignment = _assignor.Assign(input);
                foreach (AssignedMember member in input.Members)
                {
                    int fewest = CanReach(member, input, assignment).Min(other => assignment[other].Count);
                    Assert.True(fewest >= assignment[member.MemberId].Count - 1, $"{member.MemberId} could give");
                }

                group.TakeOn(assignment);
                group.Change();
            }
        }
    }

    [Fact]
    public void EachTopicIsSpreadOverTheMembersAndAJoiningOneGetsOfEach()
    {
        HashSet<Guid> topics = [TopicA, TopicB];
        Dictionary<Guid, int> partitions = new() { [TopicA] = 8, [TopicB] = 8 };
        AssignedMember[] two = [new("1", null, topics, MemberPartitions.None), new("2", null, topics, MemberPartitions.None)];
        var before = _assignor.Assign(new(two, partitions));
        Assert.All(before.Values, each => Assert.All(each.Topics.Values, numbers => Assert.Equal(4, numbers.Count)));

        AssignedMember[] four =
        [
            .. two.Select(member => member with { Current = before[member.MemberId] }),
            new("3", null, topics, MemberPartitions.None), new("4", null, topics, MemberPartitions.None),
        ];
        var after = _assignor.Assign(new(four, partitions));
        Assert.All(after.Values, each => Assert.All(each.Topics.Values, numbers => Assert.Equal(2, numbers.Count)));
    }

    [Fact]
    public void APartitionGoesOnByWayOfAMemberThatHasBothTopics()
    {
        AssignedMember[] members =
        [
            new("1", null, new HashSet<Guid> { TopicA }, MemberPartitions.Of([(TopicA, 0), (TopicA, 1), (TopicA, 2)])),
            new("2", null, new HashSet<Guid> { TopicA, TopicB }, MemberPartitions.Of([(TopicB, 0), (TopicB, 1)])),
            new("3", null, new HashSet<Guid> { TopicB }, MemberPartitions.Of([(TopicB, 2)])),
        ];
        var assignment = _assignor.Assign(new(members, new Dictionary<Guid, int> { [TopicA] = 3, [TopicB] = 3 }));
        Assert.All(assignment.Values, each => Assert.Equal(2, each.Count));
        Assert.Single(assignment["2"].Topics[TopicA]);
    }

    [Fact]
    public void WhatNobodyMayHaveIsNotKept()
    {
        AssignedMember[] members =
        [
            new("1", null, new HashSet<Guid> { TopicA }, MemberPartitions.Of([(TopicA, 0), (TopicA, 7), (TopicB, 0)])),
            new("2", null, new HashSet<Guid> { TopicA }, MemberPartitions.Of([(TopicA, 0)])),
        ];
        AssignmentInput input = new(members, new Dictionary<Guid, int> { [TopicA] = 2, [TopicB] = 1 });
        RandomGroup.AssertWhole(input, _assignor.Assign(input));
        Assert.Empty(_assignor.Assign(new([], new Dictionary<Guid, int> { [TopicA] = 2 })));
    }

    private static int Stays(AssignmentInput input, IReadOnlyDictionary<string, MemberPartitions> assignment) =>
        input.Members.Sum(member => member.Current.Intersect(assignment[member.MemberId]).Count);

    private static int MostThatCanStay(AssignmentInput input)
    {
        IReadOnlySet<Guid> topics = input.Members[0].Topics;
        (int least, int more) = Math.DivRem(topics.Sum(topic => input.Partitions.GetValueOrDefault(topic)), input.Members.Count);
        int[] has = [.. input.Members.Select(member => member.Current.All.Count(each => topics.Contains(each.Topic) && each.Partition < input.Partitions.GetValueOrDefault(each.Topic)))];
        return has.Sum(count => Math.Min(count, least)) + Math.Min(more, has.Count(count => count > least));
    }

    /// <summary>The members that a partition can go to from one, each giving one of another topic on.</summary>
    private static HashSet<string> CanReach(AssignedMember from, AssignmentInput input, IReadOnlyDictionary<string, MemberPartitions> assignment)
    {
        HashSet<string> reached = [from.MemberId];
        Queue<string> next = new(reached);
        while (next.TryDequeue(out string? member))
        {
            foreach (AssignedMember other in input.Members.Where(other => assignment[member].Topics.Keys.Any(other.Topics.Contains)))
            {
                if (reached.Add(other.MemberId))
                {
                    next.Enqueue(other.MemberId);
                }
            }
        }

        return reached;
    }
}
