using KLog.Broker.Groups.Consumer;
using KLog.Protocol;

namespace KLog.Broker.Tests.Groups.Consumer;

public sealed class StaticMemberTests
{
    private readonly GroupUnderTest _group = new(("a", 2));

    [Fact]
    public void What_a_static_member_has_is_kept_while_it_is_away()
    {
        _group.JoinStatic("m", "i", "a");
        _group.Log.TakeFresh();
        Assert.Equal("-2 =", _group.Text(_group.Leave("m", -2, "i")));
        Assert.Equal("8m", _group.Log.TakeFresh());
        Assert.Equal(1, _group.Group.State.Epoch);

        // It comes back as another member, and no rebalance is seen.
        Assert.Equal("1 a:0,1", _group.Text(_group.JoinStatic("n", "i", "a")));
        Assert.Equal("-8m -7m -5m 5n 7n 8n 8n", _group.Log.TakeFresh());
        Assert.Null(_group.Group.State.Member("m"));
        Assert.Equal("Stable", _group.Group.State.Name);
    }

    [Fact]
    public void A_member_that_comes_back_under_its_old_id_goes_on()
    {
        _group.JoinStatic("m", "i", "a");
        _group.Leave("m", -2, "i");
        Assert.Equal("1 a:0,1", _group.Text(_group.JoinStatic("m", "i", "a")));
        Assert.Equal("1 =", _group.Text(_group.Beat("m", 1, request => request.InstanceId = "i")));
    }

    [Fact]
    public void Who_stays_away_for_longer_than_a_session_loses_its_place()
    {
        _group.JoinStatic("m", "i", "a");
        _group.Leave("m", -2, "i");
        _group.Pass(44_999);
        Assert.NotNull(_group.Group.State.StaticMember("i"));
        _group.Pass(1);
        Assert.Null(_group.Group.State.StaticMember("i"));
        Assert.Equal(2, _group.Group.State.Epoch);
    }

    [Fact]
    public void One_that_is_away_gives_back_what_is_pending()
    {
        _group.JoinStatic("m", "i", "a");
        _group.Join("n", "a");
        _group.Beat("m", 1, request => request.InstanceId = "i");
        Assert.False(_group.Member("m").PendingRevocation.IsEmpty);
        _group.Leave("m", -2, "i");
        Assert.True(_group.Member("m").PendingRevocation.IsEmpty);
        Assert.Equal("2 a:1", _group.Text(_group.Beat("n", 2)));

        // And it is no longer late with it.
        _group.Pass(20_000);
        Assert.NotNull(_group.Group.State.StaticMember("i"));
    }

    [Fact]
    public void A_live_instance_is_not_taken_over()
    {
        _group.JoinStatic("m", "i", "a");
        Assert.Equal(ErrorCode.UnreleasedInstanceId, _group.JoinStatic("n", "i", "a").ErrorCode);
        Assert.NotNull(_group.Group.State.Member("m"));
    }

    [Fact]
    public void Who_has_been_replaced_is_fenced()
    {
        _group.JoinStatic("m", "i", "a");
        _group.Leave("m", -2, "i");
        _group.JoinStatic("n", "i", "a");
        Assert.Equal(ErrorCode.FencedInstanceId, _group.Beat("m", 1, request => request.InstanceId = "i").ErrorCode);
        Assert.Equal(ErrorCode.FencedInstanceId, _group.Leave("m", -1, "i").ErrorCode);
        Assert.Equal(ErrorCode.FencedInstanceId, _group.Leave("m", -2, "i").ErrorCode);
    }

    [Fact]
    public void An_unknown_instance_is_an_unknown_member()
    {
        _group.Join("m", "a");
        Assert.Equal(ErrorCode.UnknownMemberId, _group.Beat("m", 1, request => request.InstanceId = "i").ErrorCode);
        Assert.Equal(ErrorCode.UnknownMemberId, _group.Leave("m", -2, "i").ErrorCode);
    }

    [Fact]
    public void One_that_leaves_for_good_is_gone()
    {
        _group.JoinStatic("m", "i", "a");
        _group.Leave("m", -1, "i");
        Assert.True(_group.Group.IsEmpty);
        Assert.Empty(_group.Group.State.StaticMembers);
    }

    [Fact]
    public void A_member_that_changes_its_instance_lets_the_former_go()
    {
        _group.JoinStatic("m", "i", "a");
        _group.JoinStatic("m", "j", "a");
        Assert.Null(_group.Group.State.StaticMember("i"));
        Assert.Equal("m", _group.Group.State.StaticMember("j")!.MemberId);
    }

    [Fact]
    public void A_full_group_takes_back_one_of_its_own()
    {
        _group.Settings = _group.Settings with { MaxSize = 1 };
        _group.JoinStatic("m", "i", "a");
        _group.Leave("m", -2, "i");
        Assert.Equal(ErrorCode.None, _group.JoinStatic("n", "i", "a").ErrorCode);
        Assert.Equal(ErrorCode.GroupMaxSizeReached, _group.JoinStatic("o", "j", "a").ErrorCode);
    }
}
