using KLog.Conformance.Broker;
using KLog.Protocol;
using KLog.Protocol.Messages;

namespace KLog.Conformance.Wire.Groups;

/// <summary>A broker whose groups may have two members.</summary>
public sealed class SmallGroupsBroker : BrokerUnderTest
{
    public override IReadOnlyList<string> Settings => [.. base.Settings, "group.max.size=2"];
}

/// <summary>group.max.size (KIP-389).</summary>
[Collection(WireCollection.Name)]
public sealed class GroupMaxSizeTests(SmallGroupsBroker broker) : IClassFixture<SmallGroupsBroker>
{
    [Fact]
    public async Task A_full_group_takes_nobody_in_and_goes_on()
    {
        using WireClient client = new(broker.Port);
        WireGroup group = await WireGroup.NewAsync(client);
        using WireMember first = new(broker.Port, group), second = new(broker.Port, group), third = new(broker.Port, group);
        await first.StableAsync();
        Task<JoinGroupResponse> joining = second.JoinAsync();
        await first.AwaitHeartbeatAsync(ErrorCode.RebalanceInProgress);
        await first.JoinAsync();
        await joining;
        await first.SyncAsync(first, second);
        await second.SyncAsync();
        Assert.Equal(ErrorCode.GroupMaxSizeReached, (await third.JoinAsync()).ErrorCode);
        Assert.Equal((ErrorCode.None, ErrorCode.None), (await first.HeartbeatAsync(), await second.HeartbeatAsync()));
        Assert.Equal(ErrorCode.None, (await second.JoinAsync()).ErrorCode);
        await second.LeaveAsync();
        third.Id = "";
        Task<JoinGroupResponse> taken = third.JoinAsync();
        await first.AwaitHeartbeatAsync(ErrorCode.RebalanceInProgress);
        await first.JoinAsync();
        Assert.Equal(ErrorCode.None, (await taken).ErrorCode);
    }
}
