using KLog.Bench.Throughput.Load;
using KLog.Bench.Throughput.Load.Groups;
using KLog.Bench.Throughput.Workloads;
using KLog.Bench.Throughput.Workloads.Groups;
using KLog.Protocol;
using KLog.Protocol.Groups;
using KLog.Protocol.Messages;
using KLog.Protocol.Wire;

namespace KLog.Bench.Tests;

public sealed class GroupMemberTests
{
    private const long Ms = 1_000_000;
    private static readonly Guid Topic = Guid.NewGuid();
    private static readonly ClassicTerms Terms = new("topic", PartitionCount: 5, SessionTimeoutMs: 6_000, HeartbeatIntervalMs: 500);

    [Fact]
    public void A_consumer_heartbeats_an_interval_apart_and_at_once_when_its_assignment_changes()
    {
        ConsumerMember member = new("group", "topic", firstAt: 0);
        Assert.Equal(0, Sent(member, 0).MemberEpoch);
        Assert.Equal(GroupMember.Never, member.DueAt);

        member.Take(Told(epoch: 3, [1, 0]), 20 * Ms);
        Assert.Equal(20 * Ms, member.DueAt);
        Assert.False(member.HasReported);

        ConsumerGroupHeartbeatRequest report = Sent(member, 20 * Ms);
        Assert.Equal(3, report.MemberEpoch);
        Assert.Equal([0, 1], Assert.Single(report.TopicPartitions!).Partitions);
        member.Take(Told(epoch: 3, null), 30 * Ms);
        Assert.Equal(520 * Ms, member.DueAt);
        Assert.True(member.HasReported);
        Assert.Null(Sent(member, 520 * Ms).TopicPartitions);
    }

    [Fact]
    public void A_consumer_that_is_told_to_give_up_reports_what_is_left()
    {
        ConsumerMember member = Joined(epoch: 1, [0, 1]);
        _ = Sent(member, 500 * Ms);
        member.Take(Told(epoch: 1, []), 501 * Ms);
        Assert.Empty(member.Owned);
        Assert.Empty(Sent(member, member.DueAt).TopicPartitions!);
    }

    [Fact]
    public void A_consumer_that_leaves_says_so_and_is_gone()
    {
        ConsumerMember member = Joined(epoch: 1, [0]);
        member.Leave(600 * Ms);
        Assert.Equal(-1, Sent(member, member.DueAt).MemberEpoch);
        member.Take(Told(epoch: -1, null), 601 * Ms);
        Assert.True(member.HasLeft);
        Assert.Equal(GroupMember.Never, member.DueAt);
    }

    [Fact]
    public void An_error_ends_the_run()
    {
        ConsumerMember member = new("group", "topic", firstAt: 0);
        _ = Sent(member, 0);
        ConsumerGroupHeartbeatResponse fenced = new() { ErrorCode = ErrorCode.FencedMemberEpoch };
        Assert.Throws<LoadException>(() => member.Take(Frame(fenced, 1), 1));
    }

    [Theory]
    [InlineData(1, 1, true)]
    [InlineData(2, 1, false)]
    public void A_group_is_balanced_in_one_epoch_only(int one, int other, bool expected)
    {
        ConsumerMember[] members = [Joined(one, [0, 1]), Joined(other, [2])];
        Assert.Equal(expected, ConsumerGroupSight.IsBalanced(members, partitions: 3));
    }

    [Fact]
    public void A_group_is_not_balanced_while_a_partition_is_missing_or_owned_twice_or_one_has_too_much()
    {
        Assert.False(ConsumerGroupSight.IsBalanced([Joined(1, [0, 1]), Joined(1, [2])], partitions: 4));
        Assert.False(ConsumerGroupSight.IsBalanced([Joined(1, [0, 1]), Joined(1, [1])], partitions: 3));
        Assert.False(ConsumerGroupSight.IsBalanced([Joined(1, [0, 1]), Joined(1, [])], partitions: 2));
        Assert.False(ConsumerGroupSight.IsSteady([Joined(1, [0])], partitions: 2));
    }

    [Fact]
    public void A_classic_leader_joins_twice_shares_out_and_lives()
    {
        ClassicMember member = new("group", Terms, firstAt: 0, new Random(1));
        Assert.Equal("", Request<JoinGroupRequest>(member, 0, 7).MemberId);
        member.Take(Frame(new JoinGroupResponse { ErrorCode = ErrorCode.MemberIdRequired, MemberId = "b" }, 7), 1);
        Assert.Equal("b", Request<JoinGroupRequest>(member, 1, 7).MemberId);

        member.Take(Frame(new JoinGroupResponse { GenerationId = 4, MemberId = "b", ProtocolType = "consumer", ProtocolName = "range", Members = [new() { MemberId = "b" }, new() { MemberId = "a" }] }, 7), 2);
        SyncGroupRequest sync = Request<SyncGroupRequest>(member, 2, 5);
        Assert.Equal(4, sync.GenerationId);
        Assert.Equal([[0, 2, 4], [1, 3]], sync.Assignments.OrderBy(each => each.MemberId).Select(each => Partitions(each.Assignment)));

        member.Take(Frame(new SyncGroupResponse { Assignment = Terms.Assignment(1, 2) }, 5), 3 * Ms);
        Assert.True(member.IsStable);
        Assert.Equal([1, 3], member.Partitions);
        Assert.InRange(member.DueAt, 3 * Ms, 503 * Ms);
    }

    [Fact]
    public void A_classic_member_that_is_called_gives_all_up_and_joins_again()
    {
        ClassicMember member = Stable();
        _ = member.Ask(600 * Ms, 0);
        member.Take(Frame(new HeartbeatResponse { ErrorCode = ErrorCode.RebalanceInProgress }, 4), 601 * Ms);
        Assert.Empty(member.Partitions);
        Assert.False(member.IsStable);
        Assert.Equal("a", Request<JoinGroupRequest>(member, member.DueAt, 7).MemberId);
    }

    [Fact]
    public void A_silenced_member_falls_silent_when_its_next_heartbeat_is_answered()
    {
        ClassicMember member = Stable();
        member.Silence();
        Assert.Null(member.SilentSince);
        _ = member.Ask(600 * Ms, 0);
        member.Take(Frame(new HeartbeatResponse(), 4), 601 * Ms);
        Assert.Equal(601 * Ms, member.SilentSince);
        Assert.Equal(GroupMember.Never, member.DueAt);
    }

    [Fact]
    public void The_group_workloads_run_only_when_they_or_their_group_are_named()
    {
        Assert.Equal(GroupCatalog.Workloads, WorkloadCatalog.Named("groups"));
        Assert.Equal("group-crowd", Assert.Single(WorkloadCatalog.Named("group-crowd")).Name);
        Assert.Empty(WorkloadCatalog.Default(quick: false).Intersect([.. GroupCatalog.Workloads, .. GroupCatalog.Crowds]));
    }

    private static ConsumerMember Joined(int epoch, int[] partitions)
    {
        ConsumerMember member = new("group", "topic", firstAt: 0);
        _ = Sent(member, 0);
        member.Take(Told(epoch, partitions), 0);
        _ = Sent(member, 0);
        member.Take(Told(epoch, null), 0);
        return member;
    }

    private static ClassicMember Stable()
    {
        ClassicMember member = new("group", Terms, firstAt: 0, new Random(1));
        _ = member.Ask(0, 0);
        member.Take(Frame(new JoinGroupResponse { GenerationId = 1, MemberId = "a", ProtocolName = "range" }, 7), 1);
        _ = member.Ask(1, 0);
        member.Take(Frame(new SyncGroupResponse { Assignment = Terms.Assignment(0, 1) }, 5), 2);
        return member;
    }

    private static int[] Partitions(ReadOnlyMemory<byte> assignment) =>
        Versioned.Read<ConsumerProtocolAssignment>(assignment.ToArray()).AssignedPartitions[0].Partitions;

    private static ConsumerGroupHeartbeatRequest Sent(ConsumerMember member, long now) =>
        Request<ConsumerGroupHeartbeatRequest>(member, now, 1);

    private static TRequest Request<TRequest>(GroupMember member, long now, short version)
        where TRequest : IMessage<TRequest>
    {
        WireReader reader = new(member.Ask(now, correlationId: 7).AsMemory(sizeof(int)));
        RequestHeader header = RequestHeader.Read(ref reader, RequestHeader.VersionOf<TRequest>(version));
        Assert.Equal((TRequest.ApiKey, version, 7), (header.ApiKey, header.ApiVersion, header.CorrelationId));
        return TRequest.Read(ref reader, version);
    }

    private static Memory<byte> Told(int epoch, int[]? partitions) => Frame(
        new ConsumerGroupHeartbeatResponse
        {
            MemberEpoch = epoch,
            HeartbeatIntervalMs = 500,
            Assignment = partitions is null ? null : new()
            {
                TopicPartitions = partitions.Length == 0 ? [] : [new() { TopicId = Topic, Partitions = partitions }],
            },
        },
        1);

    private static Memory<byte> Frame<TResponse>(TResponse response, short version)
        where TResponse : IMessage<TResponse>
    {
        using WireWriter writer = new();
        new ResponseHeader(7).Write(writer, ResponseHeader.VersionOf<TResponse>(version));
        response.Write(writer, version);
        return writer.Written.ToArray();
    }
}
