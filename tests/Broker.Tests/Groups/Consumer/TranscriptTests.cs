using KLog.Broker.Groups.Consumer;
using KLog.Protocol;

namespace KLog.Broker.Tests.Groups.Consumer;

public sealed class TranscriptTests
{
    private readonly GroupUnderTest _group = new(("a", 4), ("b", 2));

    [Fact]
    public void The_first_member_gets_everything_at_once()
    {
        Assert.Equal("1 a:0,1,2,3", _group.Text(_group.Join("m", "a")));
        Assert.Equal("5m 3 7m 6 8m", _group.Log.TakeFresh());
        Assert.Equal("Stable", _group.Group.State.Name);
    }

    [Fact]
    public void A_steady_member_is_told_nothing_and_nothing_is_written()
    {
        _group.Join("m", "a");
        _group.Log.TakeFresh();
        var response = _group.Beat("m", 1);
        Assert.Equal("1 =", _group.Text(response));
        Assert.Equal(5_000, response.HeartbeatIntervalMs);
        Assert.Equal("", _group.Log.TakeFresh());
    }

    [Fact]
    public void A_second_member_gets_what_the_first_has_given_back()
    {
        _group.Join("m", "a");
        Assert.Equal("2", _group.Text(_group.Join("n", "a")));
        Assert.Equal("Reconciling", _group.Group.State.Name);

        // It is told to give back, stays in its epoch until it has, and moves on when it says so.
        Assert.Equal("1 a:0,2", _group.Text(_group.Beat("m", 1)));
        Assert.Equal("1 =", _group.Text(_group.Beat("m", 1, owned: "a:0,1,2,3")));
        Assert.Equal("2 =", _group.Text(_group.Beat("n", 2)));
        _group.Log.TakeFresh();
        Assert.Equal("2 =", _group.Text(_group.Beat("m", 1, owned: "a:0,2")));
        Assert.Equal("8m", _group.Log.TakeFresh());
        Assert.Equal("2 a:1,3", _group.Text(_group.Beat("n", 2)));
        Assert.Equal("Stable", _group.Group.State.Name);
    }

    [Fact]
    public void A_member_gets_what_is_free_before_the_rest_is()
    {
        _group.Join("m", "a", "b");
        _group.Join("n", "b");
        _group.Join("o", "a");
        Assert.Equal(ReconciliationState.UnreleasedPartitions, _group.Member("o").State);
        _group.Leave("n");
        Assert.Equal("Assigning", _group.Group.State.Name);
        Assert.Equal("4 =", _group.Text(_group.Beat("o", 3)));
    }

    [Fact]
    public void What_a_member_leaves_goes_to_the_others()
    {
        _group.Join("m", "a");
        _group.Join("n", "a");
        _group.Log.TakeFresh();
        Assert.Equal("-1 =", _group.Text(_group.Leave("m")));
        Assert.Equal("-8m -7m -5m 3", _group.Log.TakeFresh());
        Assert.Equal("3 a:0,1,2,3", _group.Text(_group.Beat("n", 2)));
    }

    [Fact]
    public void The_last_to_leave_leaves_an_empty_group()
    {
        _group.Join("m", "a");
        _group.Leave("m");
        Assert.True(_group.Group.IsEmpty);
        Assert.Equal("Empty", _group.Group.State.Name);
        Assert.Equal(MemberDeadlines.Never, _group.Group.NextDeadlineMs);
        Assert.Equal("3 a:0,1,2,3", _group.Text(_group.Join("n", "a")));
    }

    [Fact]
    public void A_silent_member_is_taken_out_when_its_session_ends()
    {
        _group.Join("m", "a");
        _group.Pass(30_000);
        _group.Join("n", "a");
        _group.Pass(15_000);
        Assert.Null(_group.Group.State.Member("m"));
        Assert.Equal(ErrorCode.UnknownMemberId, _group.Beat("m", 1).ErrorCode);
        Assert.Equal("3 a:0,1,2,3", _group.Text(_group.Beat("n", 2)));
    }

    [Fact]
    public void A_member_that_does_not_give_back_in_time_is_taken_out()
    {
        _group.Join("m", "a");
        _group.Join("n", "a");
        _group.Beat("m", 1);
        _group.Pass(9_999);
        _group.Beat("m", 1, owned: "a:0,1,2,3");
        Assert.NotNull(_group.Group.State.Member("m"));
        _group.Pass(1);
        Assert.Null(_group.Group.State.Member("m"));
        Assert.Equal("3 a:0,1,2,3", _group.Text(_group.Beat("n", 2)));
    }

    [Fact]
    public void A_topic_that_grows_is_noticed_by_the_next_heartbeat()
    {
        _group.Join("m", "a");
        _group.Cluster = _group.Cluster.With([TestCluster.Topic("a", 6)]);
        _group.Log.TakeFresh();
        Assert.Equal("2 a:0,1,2,3,4,5", _group.Text(_group.Beat("m", 1)));
        Assert.Equal("3 7m 6 8m", _group.Log.TakeFresh());
    }

    [Fact]
    public void A_change_of_topics_that_nobody_wants_changes_nothing()
    {
        _group.Join("m", "a");
        _group.Cluster = _group.Cluster.With([TestCluster.Topic("b", 6)]);
        _group.Log.TakeFresh();
        Assert.Equal("1 =", _group.Text(_group.Beat("m", 1)));
        Assert.Equal("", _group.Log.TakeFresh());
    }

    [Fact]
    public void A_topic_that_is_made_anew_is_another_topic()
    {
        _group.Join("m", "a");
        _group.Cluster = _group.Cluster.Without(["a"]);
        Assert.Equal("1", _group.Text(_group.Beat("m", 1)));
        _group.Cluster = _group.Cluster.With([TestCluster.Topic("a", 1, incarnation: 1)]);
        Assert.Equal("3 a:0", _group.Text(_group.Beat("m", 1, owned: "")));
    }

    [Fact]
    public void A_changed_subscription_makes_a_new_epoch()
    {
        _group.Join("m", "a");
        Assert.Equal("1", _group.Text(_group.Beat("m", 1, request => request.SubscribedTopicNames = ["b"])));
        Assert.Equal("2 b:0,1", _group.Text(_group.Beat("m", 1, owned: "")));
    }

    [Fact]
    public void A_full_request_gets_a_full_answer()
    {
        _group.Join("m", "a");
        Assert.Equal("1 a:0,1,2,3", _group.Text(_group.Beat(
            "m",
            1,
            request =>
            {
                request.SubscribedTopicNames = ["a"];
                request.RebalanceTimeoutMs = 10_000;
            },
            owned: "a:0")));
    }
}
