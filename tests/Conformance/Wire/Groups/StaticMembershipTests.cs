using KLog.Conformance.Broker;
using KLog.Protocol;
using KLog.Protocol.Groups;
using KLog.Protocol.Messages;
using KLog.Protocol.Wire;

namespace KLog.Conformance.Wire.Groups;

/// <summary>Static members (KIP-345): a restart is no rebalance, and two of one name are one too many.</summary>
[Collection(WireCollection.Name)]
public sealed class StaticMembershipTests(BrokerUnderTest broker) : IAsyncLifetime
{
    private static readonly byte[] Topics = WireMember.Subscription("a", "b");

    private readonly List<IDisposable> _open = [];
    private WireClient _client = null!;
    private WireGroup _group = null!;

    public async Task InitializeAsync()
    {
        _client = new WireClient(broker.Port);
        _group = await WireGroup.NewAsync(_client);
    }

    public Task DisposeAsync()
    {
        _open.ForEach(each => each.Dispose());
        _client.Dispose();
        return Task.CompletedTask;
    }

    [Fact]
    public async Task A_restarted_member_gets_its_assignment_back_and_the_former_self_is_fenced()
    {
        (WireMember leader, WireMember former) = await PairAsync();
        Topic topic = await Topic.CreateAsync(_client);
        WireMember restarted = Member("b");
        JoinGroupResponse joined = await restarted.JoinAsync();
        Assert.Equal((ErrorCode.None, former.Generation, leader.Id), (joined.ErrorCode, joined.GenerationId, joined.Leader));
        Assert.NotEqual(former.Id, restarted.Id);
        Assert.Equal(WireMember.AssignmentOf(former), (await restarted.SyncAsync()).Assignment.ToArray());
        Assert.Equal((ErrorCode.None, ErrorCode.None), (await leader.HeartbeatAsync(), await restarted.HeartbeatAsync()));

        Assert.Equal(ErrorCode.FencedInstanceId, await former.HeartbeatAsync());
        Assert.Equal(ErrorCode.FencedInstanceId, await former.CommitAsync(topic, 1));
        Assert.Equal(ErrorCode.FencedInstanceId, (await former.SyncAsync()).ErrorCode);
        Assert.Equal(ErrorCode.FencedInstanceId, (await former.JoinAsync()).ErrorCode);
        Assert.Equal(ErrorCode.FencedInstanceId, (await former.LeaveAsync()).Members.Single().ErrorCode);
        Assert.Equal(ErrorCode.None, await restarted.CommitAsync(topic, 2));
    }

    [Fact]
    public async Task A_restarted_leader_is_told_to_leave_the_assignment_alone()
    {
        (WireMember leader, WireMember follower) = await PairAsync();
        WireMember restarted = Member("a");
        JoinGroupResponse joined = await restarted.JoinAsync(9);
        Assert.Equal((ErrorCode.None, leader.Generation, true), (joined.ErrorCode, joined.GenerationId, joined.SkipAssignment));
        Assert.Equal((restarted.Id, 2), (joined.Leader, joined.Members.Length));
        Assert.Equal(WireMember.AssignmentOf(leader), (await restarted.SyncAsync()).Assignment.ToArray());

        // Before version 9 it cannot be told, and is not told that it leads.
        WireMember old = Member("a");
        joined = await old.JoinAsync(8);
        Assert.Equal((ErrorCode.None, leader.Generation, false), (joined.ErrorCode, joined.GenerationId, joined.SkipAssignment));
        Assert.NotEqual(old.Id, joined.Leader);
        Assert.Empty(joined.Members);
        Assert.Equal(ErrorCode.None, await follower.HeartbeatAsync());
    }

    [Fact]
    public async Task A_restarted_member_that_makes_another_choice_of_protocol_starts_a_rebalance()
    {
        (WireMember leader, _) = await PairAsync(("range", Topics), ("sticky", Topics));
        WireMember restarted = Member("b");
        restarted.Protocols = [("sticky", Topics)];
        await RebalancesAsync(leader, restarted);
    }

    /// <summary>What else a consumer says of itself is different after every restart.</summary>
    [Fact]
    public async Task A_restarted_member_is_told_from_another_by_its_topics_alone()
    {
        (WireMember leader, WireMember former) = await PairAsync();
        ConsumerProtocolSubscription later = new()
        {
            Topics = ["b", "a"],
            UserData = new byte[] { 1, 2, 3 },
            GenerationId = 7,
            OwnedPartitions = [new() { Topic = "a", Partitions = [0] }],
        };
        WireMember restarted = Member("b");
        restarted.Protocols = [("range", Versioned.Write(later, 2))];
        Assert.Equal(former.Generation, (await restarted.JoinAsync()).GenerationId);
        Assert.Equal(ErrorCode.None, await leader.HeartbeatAsync());
        if (BrokerUnderTest.IsKLog)
        {
            // Kafka lets it wait for its new topic until somebody else comes or goes.
            WireMember other = Member("b");
            other.Protocols = [("range", WireMember.Subscription("a", "c"))];
            await RebalancesAsync(leader, other);
        }
    }

    [Fact]
    public async Task An_administrator_removes_a_member_by_its_instance()
    {
        (WireMember leader, WireMember gone) = await PairAsync();
        LeaveGroupRequest request = new()
        {
            GroupId = _group.Id,
            Members =
            [
                new() { GroupInstanceId = "b", Reason = "test" }, new() { GroupInstanceId = "nobody" }, new() { MemberId = leader.Id, GroupInstanceId = "b" },
            ],
        };
        LeaveGroupResponse response = await _client.SendAsync(request, 5);
        Assert.Equal(ErrorCode.None, response.ErrorCode);
        Assert.Equal(
            [("b", ErrorCode.None), ("nobody", ErrorCode.UnknownMemberId), ("b", ErrorCode.UnknownMemberId)],
            response.Members.Select(each => (each.GroupInstanceId!, each.ErrorCode)));
        Assert.Equal(ErrorCode.UnknownMemberId, await gone.HeartbeatAsync());
        Assert.Equal(ErrorCode.RebalanceInProgress, await leader.HeartbeatAsync());
    }

    [Fact]
    public async Task An_unknown_instance_is_an_unknown_member()
    {
        (WireMember leader, _) = await PairAsync();
        using WireMember stranger = new(broker.Port, _group) { Id = leader.Id, Generation = leader.Generation, Instance = "nobody" };
        Assert.Equal(ErrorCode.UnknownMemberId, await stranger.HeartbeatAsync());
        Assert.Equal(ErrorCode.UnknownMemberId, (await stranger.SyncAsync()).ErrorCode);
        Assert.Equal(ErrorCode.None, await leader.HeartbeatAsync());
    }

    private static async Task RebalancesAsync(WireMember leader, WireMember restarted)
    {
        Task<JoinGroupResponse> joining = restarted.JoinAsync();
        await leader.AwaitHeartbeatAsync(ErrorCode.RebalanceInProgress);
        Assert.Equal(leader.Generation + 1, (await leader.JoinAsync()).GenerationId);
        Assert.Equal(ErrorCode.None, (await joining).ErrorCode);
    }

    private WireMember Member(string instance)
    {
        WireMember member = new(broker.Port, _group) { Instance = instance, Protocols = [("range", Topics)] };
        _open.Add(member);
        return member;
    }

    /// <summary>A stable group of the instances a, which leads, and b.</summary>
    private async Task<(WireMember Leader, WireMember Follower)> PairAsync(params (string, byte[])[] protocols)
    {
        (WireMember first, WireMember second) = (Member("a"), Member("b"));
        if (protocols.Length > 0)
        {
            first.Protocols = second.Protocols = protocols;
        }

        await first.StableAsync();
        Task<JoinGroupResponse> joining = second.JoinAsync();
        await first.AwaitHeartbeatAsync(ErrorCode.RebalanceInProgress);
        await first.JoinAsync();
        await joining;
        await first.SyncAsync(first, second);
        await second.SyncAsync();
        return (first, second);
    }
}
