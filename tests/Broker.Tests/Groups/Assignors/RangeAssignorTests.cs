using KLog.Broker.Groups;
using KLog.Broker.Groups.Assignors;
using KLog.Tests;
using Xunit;
using Xunit.Abstractions;

namespace KLog.Broker.Tests.Groups.Assignors;

public sealed class RangeAssignorTests(ITestOutputHelper output)
{
    private static readonly Guid TopicA = new("00000000-0000-0000-0000-00000000000a");
    private static readonly Guid TopicB = new("00000000-0000-0000-0000-00000000000b");
    private readonly RangeAssignor _assignor = new();

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void EveryPartitionIsAssignedOnceInRangesOfEqualLengthToWithinOne(bool isHomogeneous)
    {
        Random random = Seed.Random(output);
        for (int i = 0; i < 100; i++)
        {
            RandomGroup group = new(random, isHomogeneous);
            for (int change = 0; change < 10; change++)
            {
                AssignmentInput input = group.Input;
                var assignment = _assignor.Assign(input);
                RandomGroup.AssertWhole(input, assignment);
                Assert.True(group.IsSame(assignment, _assignor.Assign(group.Shuffled())));
                Assert.All(assignment.Values.SelectMany(each => each.Topics.Values), numbers => Assert.Equal(numbers.Count, numbers.Max - numbers.Min + 1));
                foreach (Guid topic in input.Partitions.Keys)
                {
                    int[] counts = [.. input.Members.Where(member => member.Topics.Contains(topic)).Select(member => Count(assignment[member.MemberId], topic))];
                    Assert.InRange(counts.DefaultIfEmpty().Max() - counts.DefaultIfEmpty().Min(), 0, 1);
                }

                group.TakeOn(assignment);
                group.Change();
            }
        }
    }

    [Fact]
    public void TopicsOfAsManyPartitionsAreSharedOutAlike()
    {
        HashSet<Guid> topics = [TopicA, TopicB];
        AssignedMember[] members = [.. Enumerable.Range(0, 3).Select(number => new AssignedMember($"m{number}", null, topics, MemberPartitions.None))];
        var assignment = _assignor.Assign(new(members, new Dictionary<Guid, int> { [TopicA] = 7, [TopicB] = 7 }));
        Assert.All(assignment.Values, each => Assert.True(each.Topics[TopicA].SetEquals(each.Topics[TopicB])));
        Assert.Equal([0, 1, 2], assignment["m0"].Topics[TopicA]);
        Assert.Equal([3, 4], assignment["m1"].Topics[TopicA]);
        Assert.Equal([5, 6], assignment["m2"].Topics[TopicA]);
    }

    [Fact]
    public void AStaticMemberHasItsRangeUnderAnyMemberId()
    {
        HashSet<Guid> topics = [TopicA];
        Dictionary<Guid, int> partitions = new() { [TopicA] = 6 };
        AssignedMember[] Members(string first, string second) =>
        [
            new("a", null, topics, MemberPartitions.None),
            new(first, "one", topics, MemberPartitions.None),
            new(second, "two", topics, MemberPartitions.None),
        ];
        Assert.Equal(_assignor.Assign(new(Members("x", "y"), partitions))["x"], _assignor.Assign(new(Members("z", "b"), partitions))["z"]);
        Assert.Equal([0, 1], _assignor.Assign(new(Members("z", "b"), partitions))["z"].Topics[TopicA]);
    }

    [Fact]
    public void MoreMembersThanPartitionsLeavesTheLastWithoutAny()
    {
        HashSet<Guid> topics = [TopicA];
        AssignedMember[] members = [.. Enumerable.Range(0, 3).Select(number => new AssignedMember($"m{number}", null, topics, MemberPartitions.None))];
        var assignment = _assignor.Assign(new(members, new Dictionary<Guid, int> { [TopicA] = 2 }));
        Assert.Equal([1, 1, 0], members.Select(member => assignment[member.MemberId].Count));
    }

    [Fact]
    public void WithoutAChangeEachKeepsTheVeryAssignmentItHas()
    {
        Random random = Seed.Random(output);
        RandomGroup group = new(random, isHomogeneous: false);
        group.TakeOn(_assignor.Assign(group.Input));
        var again = _assignor.Assign(group.Input);
        Assert.All(group.Input.Members, member => Assert.Same(member.Current, again[member.MemberId]));
    }

    private static int Count(MemberPartitions partitions, Guid topic) => partitions.Topics.TryGetValue(topic, out var numbers) ? numbers.Count : 0;
}
