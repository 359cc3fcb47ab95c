using KLog.Protocol;

namespace KLog.Broker.Tests.Groups.Consumer;

/// <summary>Who may commit and fetch offsets in a consumer group's name.</summary>
public sealed class OffsetCheckTests
{
    private readonly GroupUnderTest _group = new(("a", 4));

    [Fact]
    public void An_empty_group_takes_commits_from_outside()
    {
        Assert.Equal(ErrorCode.None, Commit("", -1));
        _group.Join("m", "a");
        Assert.Equal(ErrorCode.UnknownMemberId, Commit("", -1));
        Assert.Equal(ErrorCode.None, Commit("", -1, isTransactional: true));
        Assert.Equal(ErrorCode.UnknownMemberId, Commit("n", 1, isTransactional: true));
    }

    [Fact]
    public void A_member_commits_in_its_epoch()
    {
        _group.Join("m", "a");
        Assert.Equal(ErrorCode.None, Commit("m", 1));
        Assert.Equal(ErrorCode.StaleMemberEpoch, Commit("m", 2));
        Assert.Equal(ErrorCode.StaleMemberEpoch, Commit("m", -1));
        Assert.Equal(ErrorCode.UnsupportedVersion, Commit("m", 1, version: 8));
        Assert.Equal(ErrorCode.None, Commit("m", 1, version: 3, isTransactional: true));
    }

    [Fact]
    public void One_that_lags_commits_what_it_has_held_since()
    {
        _group.Join("m", "a");
        _group.Cluster = _group.Cluster.With([TestCluster.Topic("a", 5)]);
        _group.Beat("m", 1);
        Assert.Equal(ErrorCode.None, Commit("m", 1, partitions: [0, 1]));
        Assert.Equal(ErrorCode.StaleMemberEpoch, Commit("m", 1, partitions: [0, 4]));
        Assert.Equal(ErrorCode.StaleMemberEpoch, Commit("m", 1, partitions: [9]));
        Assert.Equal(ErrorCode.None, Commit("m", 2, partitions: [9]));
    }

    [Fact]
    public void What_is_pending_revocation_is_still_held()
    {
        _group.Join("m", "a");
        _group.Join("n", "a");
        _group.Cluster = _group.Cluster.With([TestCluster.Topic("a", 5)]);
        _group.Beat("m", 1);
        Assert.False(_group.Member("m").PendingRevocation.IsEmpty);
        Assert.Equal(ErrorCode.None, Commit("m", 1, partitions: [0, 1]));
    }

    [Fact]
    public void A_fetch_is_checked_where_it_names_a_member()
    {
        _group.Join("m", "a");
        Assert.Equal(ErrorCode.None, _group.Group.ValidateOffsetFetch(null, -1));
        Assert.Equal(ErrorCode.None, _group.Group.ValidateOffsetFetch("m", 1));
        Assert.Equal(ErrorCode.StaleMemberEpoch, _group.Group.ValidateOffsetFetch("m", 0));
        Assert.Equal(ErrorCode.UnknownMemberId, _group.Group.ValidateOffsetFetch("n", 1));
    }

    private ErrorCode Commit(
        string member, int epoch, bool isTransactional = false, short version = 9, int[]? partitions = null) =>
        _group.Group.ValidateOffsetCommit(
            member, null, epoch, isTransactional, version, (partitions ?? [0]).Select(each => (TestCluster.Id("a"), each)));
}
