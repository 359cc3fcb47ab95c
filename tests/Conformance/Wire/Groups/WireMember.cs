using System.Text;
using KLog.Protocol;
using KLog.Protocol.Groups;
using KLog.Protocol.Messages;
using KLog.Protocol.Wire;

namespace KLog.Conformance.Wire.Groups;

/// <summary>A member of a classic group on a connection of its own, since its joins and syncs are held back.</summary>
internal sealed class WireMember(int port, WireGroup group) : IDisposable
{
    private const short JoinVersion = 9;

    private readonly WireClient _client = new(port);

    /// <summary>Given by the coordinator; empty before.</summary>
    public string Id { get; set; } = "";

    public int Generation { get; set; } = -1;

    public string? Instance { get; init; }

    public string ProtocolType { get; init; } = "consumer";

    public int SessionTimeoutMs { get; init; } = 30_000;

    public int RebalanceTimeoutMs { get; init; } = 30_000;

    /// <summary>In order of preference.</summary>
    public (string Name, byte[] Metadata)[] Protocols { get; set; } = [("range", Subscription("some-topic"))];

    /// <summary>What a consumer says of itself.</summary>
    public static byte[] Subscription(params string[] topics) =>
        Versioned.Write(new ConsumerProtocolSubscription { Topics = topics }, 1);

    public JoinGroupRequest JoinRequest() => new()
    {
        GroupId = group.Id,
        MemberId = Id,
        GroupInstanceId = Instance,
        ProtocolType = ProtocolType,
        SessionTimeoutMs = SessionTimeoutMs,
        RebalanceTimeoutMs = RebalanceTimeoutMs,
        Protocols = [.. Protocols.Select(each => new JoinGroupRequest.JoinGroupRequestProtocol { Name = each.Name, Metadata = each.Metadata })],
    };

    /// <summary>Joins, with the id that it is given first where it has none; takes id and generation over where it may.</summary>
    public async Task<JoinGroupResponse> JoinAsync(short? version = null)
    {
        short spoken = version ?? JoinVersion;
        JoinGroupResponse response = await _client.SendAsync(JoinRequest(), spoken);
        if (response.ErrorCode == ErrorCode.MemberIdRequired)
        {
            Id = response.MemberId;
            response = await _client.SendAsync(JoinRequest(), spoken);
        }

        if (response.ErrorCode == ErrorCode.None)
        {
            (Id, Generation) = (response.MemberId, response.GenerationId);
        }

        return response;
    }

    /// <summary>The leader gives each of those members its name as its assignment.</summary>
    public Task<SyncGroupResponse> SyncAsync(params WireMember[] members) =>
        AssignAsync([.. members.Select(each => (each, AssignmentOf(each)))]);

    /// <summary>The leader hands out those assignments.</summary>
    public Task<SyncGroupResponse> AssignAsync(params (WireMember Member, byte[] Assignment)[] assignments) => _client.SendAsync(
        new SyncGroupRequest
        {
            GroupId = group.Id,
            MemberId = Id,
            GenerationId = Generation,
            GroupInstanceId = Instance,
            Assignments = [.. assignments.Select(each => new SyncGroupRequest.SyncGroupRequestAssignment { MemberId = each.Member.Id, Assignment = each.Assignment })],
        },
        4);

    /// <summary>Joins as the only member and syncs.</summary>
    public async Task<WireMember> StableAsync()
    {
        Assert.Equal(ErrorCode.None, (await JoinAsync()).ErrorCode);
        Assert.Equal(ErrorCode.None, (await SyncAsync(this)).ErrorCode);
        return this;
    }

    public async Task<ErrorCode> HeartbeatAsync(int? generation = null, string? memberId = null) => (await _client.SendAsync(
        new HeartbeatRequest
        {
            GroupId = group.Id,
            MemberId = memberId ?? Id,
            GenerationId = generation ?? Generation,
            GroupInstanceId = Instance,
        },
        4)).ErrorCode;

    /// <summary>Waits until a heartbeat is answered so.</summary>
    public async Task AwaitHeartbeatAsync(ErrorCode expected)
    {
        ErrorCode error = await HeartbeatAsync();
        for (long end = Environment.TickCount64 + 20_000; error != expected && Environment.TickCount64 < end; error = await HeartbeatAsync())
        {
            await Task.Delay(20);
        }

        Assert.Equal(expected, error);
    }

    public Task<ErrorCode> CommitAsync(Topic topic, long offset) => group.CommitAsync(topic, offset, Id, Generation, Instance);

    public async Task<LeaveGroupResponse> LeaveAsync() => await _client.SendAsync(
        new LeaveGroupRequest { GroupId = group.Id, Members = [new() { MemberId = Id, GroupInstanceId = Instance }] }, 5);

    public static byte[] AssignmentOf(WireMember member) => Encoding.UTF8.GetBytes($"of {member.Id}");

    public void Dispose() => _client.Dispose();
}
