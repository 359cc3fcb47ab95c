using KLog.Broker.Groups;
using KLog.Broker.Groups.Consumer;
using KLog.Protocol;

namespace KLog.Broker.Tests.Groups.Consumer;

/// <summary>A live group changes its protocol, there and back.</summary>
public sealed class MigrationTests
{
    private readonly GroupUnderTest _group = new(("a", 4));

    [Fact]
    public void A_classic_group_goes_on_as_a_consumer_group()
    {
        Upgrade(Facts(("x", "a:0,1"), ("y", "a:2,3")));
        Assert.Equal("-2 5x 5y 3 7x 7y 6 8x 8y", Sorted(_group.Log.TakeFresh()));
        Assert.Equal("Stable", _group.Group.State.Name);
        Assert.Equal(7, _group.Group.State.Epoch);

        Assert.Equal("8", _group.Text(_group.Join("m", "a")));
        Assert.Equal(ErrorCode.RebalanceInProgress, _group.ClassicBeat("x", 7));
        Assert.Equal(7, _group.ClassicJoin("x", ["a"], owned: "a:0,1").GenerationId);
        GroupInvariants.Check(_group, _group.Group.State);
    }

    [Fact]
    public void A_partition_that_two_had_stays_with_one()
    {
        Upgrade(Facts(("x", "a:0,1"), ("y", "a:1,2")));
        GroupInvariants.Check(_group, _group.Group.State);
        Assert.Equal("a:2", _group.Text(_group.Member("y").Assigned));
    }

    [Theory]
    [InlineData("connect", GroupMigrationPolicy.Bidirectional, 10)]
    [InlineData("consumer", GroupMigrationPolicy.Downgrade, 10)]
    [InlineData("consumer", GroupMigrationPolicy.Disabled, 10)]
    [InlineData("consumer", GroupMigrationPolicy.Upgrade, 1)]
    public void A_group_that_may_not_stays_classic(string type, object policy, int sizeMax)
    {
        _group.Settings = _group.Settings with { MigrationPolicy = (GroupMigrationPolicy)policy, MaxSize = sizeMax };
        Assert.Null(From(Facts(("x", "a:0"), ("y", "a:1")) with { ProtocolType = type }, out Refusal? refusal));
        Assert.Equal((ErrorCode.GroupIdNotFound, "Group g is not a consumer group."), (refusal!.Error, refusal.Message));
    }

    [Fact]
    public void A_group_with_an_assignor_of_its_own_stays_classic()
    {
        ClassicGroupFacts facts = Facts(("x", "a:0"));
        ClassicMemberFacts member = facts.Members[0] with { Assignment = ClassicClient.Assignment("a:0", [1]) };
        Assert.Null(From(facts with { Members = [member] }, out Refusal? refusal));
        Assert.Equal(ErrorCode.GroupIdNotFound, refusal!.Error);
    }

    [Fact]
    public void A_group_whose_words_make_no_sense_stays_classic()
    {
        ClassicGroupFacts facts = Facts(("x", "a:0"));
        ClassicMemberFacts member = facts.Members[0] with { Assignment = new byte[] { 0, 1, 0 } };
        Assert.Null(From(facts with { Members = [member] }, out Refusal? refusal));
        Assert.Equal(ErrorCode.GroupIdNotFound, refusal!.Error);
    }

    [Fact]
    public void A_classic_group_without_members_is_always_free()
    {
        _group.Settings = _group.Settings with { MigrationPolicy = GroupMigrationPolicy.Disabled };
        Upgrade(Facts() with { ProtocolType = "connect" });
        Assert.Equal("-2", _group.Log.TakeFresh());
        Assert.Equal("1 a:0,1,2,3", _group.Text(_group.Join("m", "a")));
    }

    [Fact]
    public void When_the_last_of_the_consumer_protocol_leaves_the_group_is_classic_again()
    {
        Mixed();
        _group.Leave("m");
        Downgrade downgrade = _group.Downgrade!;
        Assert.True(downgrade.IsRebalanceDue);
        Assert.Equal((8, "consumer", "range"), (downgrade.Facts.Generation, downgrade.Facts.ProtocolType, downgrade.Facts.Protocol));
        Assert.Equal(["x", "y"], downgrade.Facts.Members.Select(member => member.MemberId).Order());
        Assert.Equal((10_000, 20_000), (downgrade.Facts.Members[0].RebalanceTimeoutMs, downgrade.Facts.Members[0].SessionTimeoutMs));
        Assert.Contains(downgrade.Facts.Members, member => member.MemberId == downgrade.Facts.Leader);
        Assert.Equal("-8m -8x -8y -7m -7x -7y -6 -5m -5x -5y -3", Sorted(_group.Log.TakeFresh()));
        Assert.False(_group.Reloaded().IsInLog);
    }

    [Fact]
    public void When_it_falls_silent_too()
    {
        Mixed();
        for (int passed = 0; passed < 45; passed += 5)
        {
            _group.Pass(5_000);
            foreach (string member in new[] { "x", "y" }.Where(_ => _group.Downgrade is null))
            {
                int epoch = _group.ClassicJoin(member, ["a"]).GenerationId;
                _group.ClassicSync(member, epoch);
            }
        }

        Assert.Equal(["x", "y"], _group.Downgrade!.Facts.Members.Select(member => member.MemberId).Order());
    }

    [Theory]
    [InlineData(GroupMigrationPolicy.Upgrade, 10)]
    [InlineData(GroupMigrationPolicy.Bidirectional, 1)]
    public void A_group_that_may_not_go_back_does_not(object policy, int classicSizeMax)
    {
        Mixed();
        GroupContext context = _group.Context with
        {
            Settings = _group.Settings with { MigrationPolicy = (GroupMigrationPolicy)policy },
            ClassicSizeMax = classicSizeMax,
        };
        var outcome = _group.Group.Heartbeat(
            new() { GroupId = "g", MemberId = "m", MemberEpoch = -1 }, GroupUnderTest.Version, new ClientOrigin("c", "/h"), context);
        Assert.Null(outcome.Change!.Downgrade);
    }

    [Fact]
    public void A_classic_member_that_leaves_takes_nobody_back()
    {
        Mixed();
        _group.ClassicLeave(("x", null));
        Assert.Null(_group.Downgrade);
        _group.ClassicLeave(("y", null));
        Assert.Null(_group.Downgrade);
        Assert.Equal(["m"], _group.Group.State.Members.Keys);
    }

    [Fact]
    public void A_static_member_that_goes_back_takes_the_group_with_it()
    {
        _group.JoinStatic("m", "i", "a");
        var joined = _group.ClassicJoin("", ["a"], instance: "i");
        Assert.Equal((ErrorCode.None, "id1", 1), (joined.ErrorCode, joined.MemberId, joined.GenerationId));
        Downgrade downgrade = _group.Downgrade!;
        Assert.False(downgrade.IsRebalanceDue);
        ClassicMemberFacts member = Assert.Single(downgrade.Facts.Members);
        Assert.Equal(("id1", "i", "a:0,1,2,3"), (member.MemberId, member.InstanceId, ClassicClient.Text(member.Assignment)));
    }

    [Fact]
    public void What_each_is_to_have_goes_over()
    {
        Mixed();
        Assert.Equal(ErrorCode.None, _group.Leave("m").ErrorCode);
        Assert.All(
            _group.Downgrade!.Facts.Members,
            member => Assert.Equal(_group.Text(HeldPartitions.Of(_group.Group.State.Target(member.MemberId), 0)), ClassicClient.Text(member.Assignment)));
    }

    private void Mixed()
    {
        Upgrade(Facts(("x", "a:0,1"), ("y", "a:2,3")));
        _group.Join("m", "a");
        _group.Log.TakeFresh();
    }

    private void Upgrade(ClassicGroupFacts facts)
    {
        GroupUpgrade? upgrade = From(facts, out Refusal? refusal);
        Assert.Null(refusal);
        _group.Become(upgrade!);
    }

    private GroupUpgrade? From(ClassicGroupFacts facts, out Refusal? refusal) =>
        ConsumerGroup.FromClassic(facts, GroupUnderTest.Assignors, () => "id", _group.Context, out refusal);

    private static ClassicGroupFacts Facts(params (string Member, string Assignment)[] members) => new(
        "g",
        7,
        "consumer",
        "range",
        members.FirstOrDefault().Member,
        [
            .. members.Select(member => new ClassicMemberFacts(
                member.Member,
                null,
                new ClientOrigin("c", "/h"),
                10_000,
                20_000,
                [new ClassicProtocol("range", ClassicClient.Subscription(["a"]))],
                ClassicClient.Assignment(member.Assignment))),
        ]);

    /// <summary>Members come in no order: sorted within a type, types in the order they have.</summary>
    private static string Sorted(string records) => string.Join(
        ' ',
        records.Split(' ').GroupBy(record => record.TrimStart('-')[0]).SelectMany(type => type.Order(StringComparer.Ordinal)));
}
