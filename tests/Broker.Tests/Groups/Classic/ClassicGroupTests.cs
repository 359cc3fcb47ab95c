using KLog.Broker.Groups;

namespace KLog.Broker.Tests.Groups.Classic;

/// <summary>The classic protocol, event by event; see <see cref="ClassicTranscript"/> for how to read the scripts.</summary>
public sealed class ClassicGroupTests
{
    [Fact]
    public void The_first_members_wait_for_each_other_and_then_share() => ClassicTranscript.Check(
        """
        > join a
        a join: MemberIdRequired m1
        > join a
        [PreparingRebalance]
        > time 2000
        > join b version=3
        > time 1000
        > time 3000
        a joined 1 as m1, leader m1, range: m1 m2
        b joined 1 as m2, leader m1, range
        [CompletingRebalance]
        > sync b
        > heartbeat b
        b None
        > commit b
        b RebalanceInProgress
        > sync a
        wrote 1 range m1=p0 m2=p1
        b synced: p1
        a synced: p0
        [Stable]
        > heartbeat a
        a None
        > commit a
        a None
        """);

    [Fact]
    public void A_member_that_joins_later_starts_a_rebalance_that_the_others_notice() => ClassicTranscript.Check(
        """
        > join a version=3
        [PreparingRebalance]
        > time 3000
        a joined 1 as m1, leader m1, range: m1
        [CompletingRebalance]
        > sync a
        wrote 1 range m1=p0
        a synced: p0
        [Stable]
        > join b version=3
        [PreparingRebalance]
        > heartbeat a
        a RebalanceInProgress
        > join a
        b joined 2 as m2, leader m1, range
        a joined 2 as m1, leader m1, range: m1 m2
        [CompletingRebalance]
        > sync a
        wrote 2 range m1=p0 m2=p1
        a synced: p0
        [Stable]
        > sync b
        b synced: p1
        """,
        NoDelay with { InitialRebalanceDelayMs = 3000 });

    [Fact]
    public void A_member_that_is_silent_is_left_behind() => ClassicTranscript.Check(
        """
        > join a version=3
        a joined 1 as m1, leader m1, range: m1
        [CompletingRebalance]
        > join b version=3
        [PreparingRebalance]
        > join a
        b joined 2 as m2, leader m1, range
        a joined 2 as m1, leader m1, range: m1 m2
        [CompletingRebalance]
        > sync a
        wrote 2 range m1=p0 m2=p1
        a synced: p0
        [Stable]
        > sync b
        b synced: p1
        > time 9000
        > heartbeat b
        b None
        > time 1000
        [PreparingRebalance]
        > heartbeat a
        a UnknownMemberId
        > join b
        b joined 3 as m2, leader m2, range: m2
        [CompletingRebalance]
        """,
        NoDelay);

    [Fact]
    public void Who_does_not_join_again_in_time_is_out() => ClassicTranscript.Check(
        """
        > join a version=3 session=50000 rebalance=20000
        a joined 1 as m1, leader m1, range: m1
        [CompletingRebalance]
        > sync a
        wrote 1 range m1=p0
        a synced: p0
        [Stable]
        > join b version=3 session=50000 rebalance=20000
        [PreparingRebalance]
        > time 19999
        > time 1
        b joined 2 as m2, leader m2, range: m2
        [CompletingRebalance]
        > heartbeat a
        a UnknownMemberId
        """,
        NoDelay);

    [Fact]
    public void Who_does_not_sync_in_time_is_out() => ClassicTranscript.Check(
        """
        > join a version=3 session=50000 rebalance=20000
        a joined 1 as m1, leader m1, range: m1
        [CompletingRebalance]
        > time 20000
        wrote 2 -
        [Empty]
        > sync a
        a sync: UnknownMemberId
        """,
        NoDelay);

    [Fact]
    public void An_assignment_that_could_not_be_written_is_told_to_nobody() => ClassicTranscript.Check(
        """
        > join a version=3
        a joined 1 as m1, leader m1, range: m1
        [CompletingRebalance]
        > refuse NotEnoughReplicas
        > sync a
        did not write (NotEnoughReplicas) 1 range m1=p0
        a sync: CoordinatorNotAvailable
        [PreparingRebalance]
        > join a
        a joined 2 as m1, leader m1, range: m1
        [CompletingRebalance]
        """,
        NoDelay);

    [Fact]
    public void The_last_that_leaves_empties_the_group() => ClassicTranscript.Check(
        """
        > join a version=3
        a joined 1 as m1, leader m1, range: m1
        [CompletingRebalance]
        > sync a
        wrote 1 range m1=p0
        a synced: p0
        [Stable]
        > leave a
        a None
        wrote 2 -
        [Empty]
        > leave a
        a UnknownMemberId
        """,
        NoDelay);

    [Fact]
    public void A_static_member_that_is_restarted_goes_on_without_a_rebalance() => ClassicTranscript.Check(
        """
        > join a instance=i1
        a joined 1 as m1, leader m1, range: m1
        [CompletingRebalance]
        > sync a
        wrote 1 range m1=p0
        a synced: p0
        [Stable]
        > join a id= instance=i1
        wrote 1 range m2=p0
        a joined 1 as m2, leader m2, range, skips the assignment: m2
        > sync a
        a synced: p0
        > join a id=m1 instance=i1
        a join: FencedInstanceId m1
        > join a id=m2 instance=i9
        a join: UnknownMemberId m2
        """,
        NoDelay);

    [Fact]
    public void A_static_member_that_wants_something_else_starts_a_rebalance() => ClassicTranscript.Check(
        """
        > join a instance=i1 protocols=range
        a joined 1 as m1, leader m1, range: m1
        [CompletingRebalance]
        > sync a
        wrote 1 range m1=p0
        a synced: p0
        [Stable]
        > join a id= instance=i1 protocols=sticky,range
        a joined 2 as m2, leader m2, sticky: m2
        [CompletingRebalance]
        """,
        NoDelay);

    [Fact]
    public void The_protocol_is_the_one_that_most_prefer_of_those_that_all_have() => ClassicTranscript.Check(
        """
        > join a version=3 protocols=sticky,range
        [PreparingRebalance]
        > join b version=3 protocols=range,roundrobin
        > join c version=3 protocols=roundrobin
        c join: InconsistentGroupProtocol
        > join d version=3 type=connect protocols=range
        d join: InconsistentGroupProtocol
        > time 6000
        a joined 1 as m1, leader m1, range: m1 m2
        b joined 1 as m2, leader m1, range
        [CompletingRebalance]
        > sync b protocol=sticky
        b sync: InconsistentGroupProtocol
        > sync b generation=7
        b sync: IllegalGeneration
        """);

    [Fact]
    public void An_id_that_does_not_come_back_holds_nobody_up_for_long() => ClassicTranscript.Check(
        """
        > join a version=3
        a joined 1 as m1, leader m1, range: m1
        [CompletingRebalance]
        > join b
        b join: MemberIdRequired m2
        > join c version=3
        [PreparingRebalance]
        > join a
        > time 10000
        c joined 2 as m3, leader m1, range
        a joined 2 as m1, leader m1, range: m1 m3
        [CompletingRebalance]
        > join b
        b join: UnknownMemberId m2
        """,
        NoDelay);

    [Fact]
    public void A_group_does_not_grow_beyond_its_limit() => ClassicTranscript.Check(
        """
        > join a version=3
        a joined 1 as m1, leader m1, range: m1
        [CompletingRebalance]
        > join b version=3
        b join: GroupMaxSizeReached
        """,
        NoDelay with { MaxSize = 1 });

    [Fact]
    public void A_lost_answer_is_given_again() => ClassicTranscript.Check(
        """
        > join a version=3
        a joined 1 as m1, leader m1, range: m1
        [CompletingRebalance]
        > join a
        a joined 1 as m1, leader m1, range: m1
        > sync a
        wrote 1 range m1=p0
        a synced: p0
        [Stable]
        > sync a
        a synced: p0
        """,
        NoDelay);

    [Fact]
    public void A_rebalance_that_nobody_has_time_for_does_not_spin() => ClassicTranscript.Check(
        """
        > join a version=3
        a joined 1 as m1, leader m1, range: m1
        [CompletingRebalance]
        > join b instance=i1 rebalance=0 session=50000
        [PreparingRebalance]
        > join a
        b joined 2 as m2, leader m1, range
        a joined 2 as m1, leader m1, range: m1 m2
        [CompletingRebalance]
        > sync a
        wrote 2 range m1=p0 m2=p1
        a synced: p0
        [Stable]
        > sync b
        b synced: p1
        > leave a
        a None
        [PreparingRebalance]
        > time 20000
        > heartbeat b
        b RebalanceInProgress
        """,
        NoDelay);

    private static GroupSettings NoDelay => new() { InitialRebalanceDelayMs = 0 };
}
