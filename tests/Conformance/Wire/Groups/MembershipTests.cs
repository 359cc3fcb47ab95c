using KLog.Conformance.Broker;
using KLog.Protocol;
using KLog.Protocol.Messages;

namespace KLog.Conformance.Wire.Groups;

/// <summary>Members of classic groups come, go, and are told off where they should be.</summary>
[Collection(WireCollection.Name)]
public sealed class MembershipTests(BrokerUnderTest broker) : IAsyncLifetime
{
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
    public async Task A_second_member_makes_the_first_join_again_and_the_leader_assigns_to_both()
    {
        WireMember first = await Member().StableAsync();
        WireMember second = Member();
        Task<JoinGroupResponse> joining = second.JoinAsync();
        await first.AwaitHeartbeatAsync(ErrorCode.RebalanceInProgress);
        JoinGroupResponse again = await first.JoinAsync();
        JoinGroupResponse joined = await joining;
        Assert.Equal((2, 2), (again.GenerationId, joined.GenerationId));
        Assert.Equal((first.Id, first.Id), (again.Leader, joined.Leader));
        Assert.Equal(new[] { first.Id, second.Id }.Order(), again.Members.Select(each => each.MemberId).Order());
        Assert.Empty(joined.Members);

        // The one that only follows waits for the leader.
        Task<SyncGroupResponse> following = second.SyncAsync();
        Assert.Equal(WireMember.AssignmentOf(first), (await first.SyncAsync(first, second)).Assignment.ToArray());
        Assert.Equal(WireMember.AssignmentOf(second), (await following).Assignment.ToArray());
        Assert.Equal((ErrorCode.None, ErrorCode.None), (await first.HeartbeatAsync(), await second.HeartbeatAsync()));

        // Who leaves makes the rest join again; who asks for its assignment once more gets it.
        Assert.Equal(WireMember.AssignmentOf(second), (await second.SyncAsync()).Assignment.ToArray());
        Assert.Equal(ErrorCode.None, (await second.LeaveAsync()).Members.Single().ErrorCode);
        Assert.Equal(ErrorCode.RebalanceInProgress, await first.HeartbeatAsync());
        Assert.Equal(3, (await first.JoinAsync()).GenerationId);
        Assert.Equal(ErrorCode.UnknownMemberId, await second.HeartbeatAsync());
    }

    [Fact]
    public async Task A_new_member_is_given_its_id_first()
    {
        WireMember member = Member();
        JoinGroupResponse told = await _client.SendAsync(member.JoinRequest(), 4);
        Assert.Equal((ErrorCode.MemberIdRequired, -1), (told.ErrorCode, told.GenerationId));
        Assert.NotEmpty(told.MemberId);
        // One that never comes back is not waited for, and no member yet.
        Assert.Empty((await _group.DescribeAsync()).Members);
        member.Id = told.MemberId;
        Assert.Equal(told.MemberId, (await member.JoinAsync()).MemberId);
        // An id that the coordinator did not give is not taken.
        WireMember stranger = Member();
        stranger.Id = "my own";
        Assert.Equal(ErrorCode.UnknownMemberId, (await stranger.JoinAsync()).ErrorCode);
    }

    [Fact]
    public async Task A_leader_that_joins_again_starts_a_rebalance_and_a_follower_does_not()
    {
        (WireMember leader, WireMember follower) = await PairAsync();
        JoinGroupResponse same = await follower.JoinAsync();
        Assert.Equal((ErrorCode.None, leader.Generation), (same.ErrorCode, same.GenerationId));
        Assert.Equal(ErrorCode.None, await leader.HeartbeatAsync());
        Task<JoinGroupResponse> joining = leader.JoinAsync();
        await follower.AwaitHeartbeatAsync(ErrorCode.RebalanceInProgress);
        Assert.Equal(same.GenerationId + 1, (await follower.JoinAsync()).GenerationId);
        Assert.Equal(ErrorCode.None, (await joining).ErrorCode);
    }

    [Fact]
    public async Task Unknown_members_and_generations_are_refused()
    {
        WireMember member = await Member().StableAsync();
        Topic topic = await Topic.CreateAsync(_client);
        foreach (int generation in new[] { member.Generation - 1, member.Generation + 1 })
        {
            Assert.Equal(ErrorCode.IllegalGeneration, await member.HeartbeatAsync(generation));
            Assert.Equal(ErrorCode.IllegalGeneration, await _group.CommitAsync(topic, 1, member.Id, generation));
        }

        Assert.Equal(ErrorCode.UnknownMemberId, await member.HeartbeatAsync(memberId: "nobody"));
        Assert.Equal(ErrorCode.UnknownMemberId, await _group.CommitAsync(topic, 1, "nobody", member.Generation));
        WireMember nobody = Member();
        (nobody.Id, nobody.Generation) = ("nobody", member.Generation);
        Assert.Equal(ErrorCode.UnknownMemberId, (await nobody.SyncAsync()).ErrorCode);
        Assert.Equal(ErrorCode.UnknownMemberId, (await nobody.JoinAsync()).ErrorCode);
        Assert.Equal(ErrorCode.UnknownMemberId, (await nobody.LeaveAsync()).Members.Single().ErrorCode);
        member.Generation++;
        Assert.Equal(ErrorCode.IllegalGeneration, (await member.SyncAsync(member)).ErrorCode);
        member.Generation--;
        Assert.Equal(ErrorCode.None, await member.HeartbeatAsync());
    }

    [Fact]
    public async Task While_members_join_again_syncs_are_refused_and_commits_go_on()
    {
        WireMember first = await Member().StableAsync();
        Topic topic = await Topic.CreateAsync(_client);
        WireMember second = Member();
        Task<JoinGroupResponse> joining = second.JoinAsync();
        await first.AwaitHeartbeatAsync(ErrorCode.RebalanceInProgress);
        Assert.Equal(ErrorCode.RebalanceInProgress, (await first.SyncAsync(first)).ErrorCode);
        Assert.Equal(ErrorCode.None, await first.CommitAsync(topic, 1));
        await first.JoinAsync();
        await joining;
        // In the new generation, before its assignment, nobody knows what it may commit.
        Assert.Equal(ErrorCode.RebalanceInProgress, await first.CommitAsync(topic, 2));
        Assert.Equal(1, await _group.OffsetAsync(topic));
    }

    [Fact]
    public async Task A_member_that_is_not_heard_of_loses_its_place()
    {
        WireMember silent = Member(sessionTimeoutMs: 6_000);
        await silent.JoinAsync();
        await silent.SyncAsync(silent);
        WireMember other = Member();
        JoinGroupResponse joined = await other.JoinAsync();
        Assert.Equal((ErrorCode.None, other.Id), (joined.ErrorCode, joined.Leader));
        Assert.Equal(ErrorCode.UnknownMemberId, await silent.HeartbeatAsync());
    }

    [Fact]
    public async Task Members_without_a_protocol_in_common_are_refused()
    {
        WireMember member = await Member().StableAsync();
        Assert.Equal(ErrorCode.InconsistentGroupProtocol, (await Member(protocols: ["roundrobin"]).JoinAsync()).ErrorCode);
        Assert.Equal(ErrorCode.InconsistentGroupProtocol, (await Member("connect").JoinAsync()).ErrorCode);
        Assert.Equal(ErrorCode.InconsistentGroupProtocol, (await Member(protocols: []).JoinAsync()).ErrorCode);
        WireGroup other = await WireGroup.NewAsync(_client);
        using WireMember untyped = new(broker.Port, other) { ProtocolType = "" };
        Assert.Equal(ErrorCode.InconsistentGroupProtocol, (await untyped.JoinAsync()).ErrorCode);
        Assert.Equal(ErrorCode.None, await member.HeartbeatAsync());

        // A sync may say which type and protocol it is for; they must be the group's.
        SyncGroupRequest sync = new() { GroupId = _group.Id, MemberId = member.Id, GenerationId = member.Generation, ProtocolType = "connect", ProtocolName = "range" };
        Assert.Equal(ErrorCode.InconsistentGroupProtocol, (await _client.SendAsync(sync, 5)).ErrorCode);
        (sync.ProtocolType, sync.ProtocolName) = ("consumer", "roundrobin");
        Assert.Equal(ErrorCode.InconsistentGroupProtocol, (await _client.SendAsync(sync, 5)).ErrorCode);
        sync.ProtocolName = "range";
        Assert.Equal(ErrorCode.None, (await _client.SendAsync(sync, 5)).ErrorCode);
    }

    [Fact]
    public async Task The_protocol_is_the_one_that_all_can_and_most_prefer()
    {
        (WireMember first, WireMember second) = (Member("any", protocols: ["a", "b", "c"]), Member("any", protocols: ["b", "a"]));
        WireMember third = Member("any", protocols: ["d", "b", "a"]);
        await first.StableAsync();
        Task<JoinGroupResponse>[] joining = [second.JoinAsync(), third.JoinAsync()];
        await first.AwaitHeartbeatAsync(ErrorCode.RebalanceInProgress);
        await AwaitMembersAsync(3);
        JoinGroupResponse joined = await first.JoinAsync();
        Assert.Equal("b", joined.ProtocolName);
        Assert.All(await Task.WhenAll(joining), each => Assert.Equal("b", each.ProtocolName));
        Assert.Equal("b"u8.ToArray(), joined.Members.Single(each => each.MemberId == third.Id).Metadata.ToArray());
    }

    [Theory]
    [InlineData("connect")]
    [InlineData("sr")]
    public async Task Groups_of_any_type_are_coordinated(string type)
    {
        byte[] words = [0, 1, 2, 0xff, 0xfe, .. Enumerable.Repeat((byte)7, 5000)];
        WireMember first = Member(type);
        first.Protocols = [("v0", words), ("compatible", [])];
        await first.StableAsync();
        WireMember second = Member(type);
        second.Protocols = [("compatible", "x"u8.ToArray())];
        Task<JoinGroupResponse> joining = second.JoinAsync();
        await first.AwaitHeartbeatAsync(ErrorCode.RebalanceInProgress);
        JoinGroupResponse joined = await first.JoinAsync();
        await joining;
        Assert.Equal(("compatible", type), (joined.ProtocolName, joined.ProtocolType));
        await first.SyncAsync(first, second);
        DescribeGroupsResponse.DescribedGroup described = await _group.DescribeAsync();
        Assert.Equal((type, "compatible", "Stable"), (described.ProtocolType, described.ProtocolData, described.GroupState));
        Assert.Equal("x"u8.ToArray(), described.Members.Single(each => each.MemberId == second.Id).MemberMetadata.ToArray());
    }

    [Theory]
    [InlineData(5_999)]
    [InlineData(1_800_001)]
    [InlineData(-1)]
    public async Task A_session_timeout_beyond_the_limits_is_refused(int timeoutMs) =>
        Assert.Equal(ErrorCode.InvalidSessionTimeout, (await Member(sessionTimeoutMs: timeoutMs).JoinAsync()).ErrorCode);

    [Fact]
    public async Task A_group_without_a_name_has_no_members()
    {
        WireGroup nameless = new(_client, "");
        using WireMember member = new(broker.Port, nameless) { Id = "m", Generation = 1 };
        Assert.Equal(ErrorCode.InvalidGroupId, (await member.JoinAsync()).ErrorCode);
        Assert.Equal(ErrorCode.InvalidGroupId, (await member.SyncAsync()).ErrorCode);
        Assert.Equal(ErrorCode.InvalidGroupId, await member.HeartbeatAsync());
        Assert.Equal(ErrorCode.InvalidGroupId, (await member.LeaveAsync()).ErrorCode);
    }

    private WireMember Member(string type = "consumer", int sessionTimeoutMs = 30_000, string[]? protocols = null)
    {
        WireMember member = new(broker.Port, _group) { ProtocolType = type, SessionTimeoutMs = sessionTimeoutMs };
        if (protocols is not null)
        {
            member.Protocols = [.. protocols.Select(each => (each, System.Text.Encoding.UTF8.GetBytes(each)))];
        }

        _open.Add(member);
        return member;
    }

    /// <summary>A stable group of two.</summary>
    private async Task<(WireMember Leader, WireMember Follower)> PairAsync()
    {
        WireMember first = await Member().StableAsync();
        WireMember second = Member();
        Task<JoinGroupResponse> joining = second.JoinAsync();
        await first.AwaitHeartbeatAsync(ErrorCode.RebalanceInProgress);
        await first.JoinAsync();
        await joining;
        await first.SyncAsync(first, second);
        await second.SyncAsync();
        return (first, second);
    }

    private async Task AwaitMembersAsync(int count)
    {
        for (long end = Environment.TickCount64 + 20_000; Environment.TickCount64 < end; await Task.Delay(20))
        {
            if ((await _group.DescribeAsync()).Members.Length == count)
            {
                return;
            }
        }

        Assert.Fail($"the group did not come to {count} members");
    }
}
