using KLog.Broker.Fetching;
using KLog.Protocol;
using KLog.Protocol.Messages;

namespace KLog.Broker.Tests.Fetching;

public sealed class FetchSessionTests
{
    private readonly TestClock _clock = new();
    private readonly FetchSessionCache _sessions;
    private int _slots = 2;

    public FetchSessionTests() =>
        _sessions = new FetchSessionCache(() => _slots, TimeSpan.FromMinutes(2), _clock, new Random(1));

    [Fact]
    public void A_first_full_fetch_wants_a_session_and_a_final_one_does_not()
    {
        Assert.True(Plan(id: 0, epoch: 0, "a").WantsSession);
        Assert.False(Plan(id: 0, epoch: -1, "a").WantsSession);
    }

    [Fact]
    public void Before_version_7_there_are_no_sessions()
    {
        FetchPlan plan = FetchPlan.Make(Request(0, 0, "a"), version: 6, _sessions);
        Assert.False(plan.WantsSession);
        Assert.Single(plan.Items);
    }

    [Fact]
    public void A_session_remembers_its_partitions_and_takes_changes()
    {
        FetchSession session = Create("a", "b");
        FetchPlan plan = Plan(session.Id, 1, "c");
        Assert.Equal(ErrorCode.None, plan.Error);
        Assert.Equal(["a", "b", "c"], plan.Items.Select(item => item.Key.Topic));

        FetchRequest forgetting = Request(session.Id, 2);
        forgetting.ForgottenTopicsData = [new() { Topic = "b", Partitions = [0] }];
        Assert.Equal(["a", "c"], FetchPlan.Make(forgetting, 12, _sessions).Items.Select(item => item.Key.Topic));
    }

    [Fact]
    public void A_changed_offset_replaces_the_former()
    {
        FetchSession session = Create("a");
        FetchRequest request = Request(session.Id, 1, "a");
        request.Topics[0].Partitions[0].FetchOffset = 42;
        Assert.Equal(42, Assert.Single(FetchPlan.Make(request, 12, _sessions).Items).Offset);
    }

    [Theory]
    [InlineData(2)]
    [InlineData(7)]
    public void A_wrong_epoch_is_refused_and_the_session_stays(int epoch)
    {
        FetchSession session = Create("a");
        Assert.Equal(ErrorCode.InvalidFetchSessionEpoch, Plan(session.Id, epoch).Error);
        Assert.Equal(ErrorCode.None, Plan(session.Id, 1).Error);
    }

    [Fact]
    public void An_unknown_session_is_refused() =>
        Assert.Equal(ErrorCode.FetchSessionIdNotFound, Plan(id: 12345, epoch: 1).Error);

    [Fact]
    public void A_session_by_name_is_not_continued_by_id()
    {
        FetchSession session = Create("a");
        Assert.Equal(
            ErrorCode.FetchSessionTopicIdError, FetchPlan.Make(Request(session.Id, 1), 13, _sessions).Error);
    }

    [Fact]
    public void A_full_fetch_with_an_id_ends_that_session()
    {
        FetchSession session = Create("a");
        Plan(session.Id, epoch: -1);
        Assert.Equal(0, _sessions.Count);
    }

    [Fact]
    public void A_session_that_forgot_everything_is_gone()
    {
        FetchSession session = Create("a");
        FetchRequest forgetting = Request(session.Id, 1);
        forgetting.ForgottenTopicsData = [new() { Topic = "a", Partitions = [0] }];
        FetchPlan plan = FetchPlan.Make(forgetting, 12, _sessions);
        Assert.Null(plan.Session);
        Assert.Equal(0, _sessions.Count);
    }

    [Fact]
    public void Epochs_go_round_without_zero() => Assert.Equal(1, FetchSession.EpochAfter(int.MaxValue));

    [Fact]
    public void A_full_cache_takes_nobody_in_until_one_has_been_idle_for_long()
    {
        FetchSession first = Create("a");
        Create("b");
        Assert.Null(_sessions.Create(false, false, []));
        _clock.Advance(TimeSpan.FromMinutes(3));
        Assert.NotNull(_sessions.Create(false, false, []));
        Assert.Null(_sessions.Use(first.Id));
        Assert.Equal(2, _sessions.Count);
    }

    [Fact]
    public void A_follower_takes_a_consumers_place_at_once_but_not_another_followers()
    {
        Create("a");
        Create("b");
        Assert.NotNull(_sessions.Create(isPrivileged: true, false, []));
        Assert.NotNull(_sessions.Create(isPrivileged: true, false, []));
        Assert.Null(_sessions.Create(isPrivileged: true, false, []));
    }

    [Fact]
    public void A_partition_is_told_again_only_when_something_changed()
    {
        var partition = new SessionPartition();
        Assert.True(partition.Update(hasRecords: false, hasNews: false, 10, 0, isError: false));
        Assert.False(partition.Update(hasRecords: false, hasNews: false, 10, 0, isError: false));
        Assert.True(partition.Update(hasRecords: true, hasNews: false, 10, 0, isError: false));
        Assert.True(partition.Update(hasRecords: false, hasNews: false, 11, 0, isError: false));
        Assert.True(partition.Update(hasRecords: false, hasNews: false, 11, 5, isError: false));
        Assert.True(partition.Update(hasRecords: false, hasNews: true, 11, 5, isError: false));
        Assert.True(partition.Update(hasRecords: false, hasNews: false, -1, 5, isError: true));
        Assert.True(partition.Update(hasRecords: false, hasNews: false, 11, 5, isError: false));
    }

    [Fact]
    public void Those_that_had_records_go_to_the_end()
    {
        FetchSession session = Create("a", "b", "c");
        session.MoveBack(each => each.Item.Key.Topic is "a" or "b");
        Assert.Equal(["c", "a", "b"], session.Partitions.Select(each => each.Item.Key.Topic));
    }

    private FetchSession Create(params string[] topics)
    {
        FetchPlan plan = Plan(0, 0, topics);
        return _sessions.Create(isPrivileged: false, usesTopicIds: false, plan.Items)!;
    }

    private FetchPlan Plan(int id, int epoch, params string[] topics) =>
        FetchPlan.Make(Request(id, epoch, topics), version: 12, _sessions);

    private static FetchRequest Request(int id, int epoch, params string[] topics) => new()
    {
        SessionId = id,
        SessionEpoch = epoch,
        Topics = [.. topics.Select(topic => new FetchRequest.FetchTopic { Topic = topic, Partitions = [new()] })],
    };

    private sealed class TestClock : TimeProvider
    {
        private DateTimeOffset _now = DateTimeOffset.UnixEpoch;

        public override DateTimeOffset GetUtcNow() => _now;

        public void Advance(TimeSpan time) => _now += time;
    }
}
