using KLog.Conformance.Broker;
using KLog.Protocol;
using KLog.Protocol.Messages;

namespace KLog.Conformance.Wire.Groups;

/// <summary>Groups of the newer protocol (KIP-848), which Kafka has on KRaft only.</summary>
[Collection(WireCollection.Name)]
public sealed class ConsumerGroupTests(BrokerUnderTest broker) : IAsyncLifetime
{
    private WireClient _client = null!;
    private WireGroup _group = null!;
    private Topic _topic = null!;

    private static bool IsThere => BrokerUnderTest.Kind != "kafka-3.9.2";

    public async Task InitializeAsync()
    {
        _client = new WireClient(broker.Port);
        _group = await WireGroup.NewAsync(_client);
        _topic = await Topic.CreateAsync(_client, partitions: 4);
    }

    public Task DisposeAsync()
    {
        _client.Dispose();
        return Task.CompletedTask;
    }

    [Fact]
    public async Task Members_are_given_shares_and_give_them_up_one_by_one()
    {
        if (!IsThere)
        {
            return;
        }

        WireConsumer first = await new WireConsumer(_group).JoinedAsync(_topic.Name);
        await first.AwaitPartitionsAsync(4);
        WireConsumer second = await new WireConsumer(_group).JoinedAsync(_topic.Name);
        // Nothing is given before it is given up.
        Assert.Empty(second.Assigned);
        await first.AwaitPartitionsAsync(2);
        await first.SendAsync(first.BeatRequest());
        await second.AwaitPartitionsAsync(2);
        Assert.Equal([0, 1, 2, 3], first.Assigned.Concat(second.Assigned).Select(each => each.Partition).Order());
        Assert.Equal(ErrorCode.None, await second.LeaveAsync());
        await first.AwaitPartitionsAsync(4);
        Assert.Equal(ErrorCode.UnknownMemberId, (await second.SendAsync(second.BeatRequest())).ErrorCode);
        Assert.Equal(ErrorCode.None, await first.LeaveAsync());
        Assert.Equal("Empty", (await DescribeAsync()).GroupState);
    }

    [Fact]
    public async Task Wrong_epochs_and_members_are_refused()
    {
        if (!IsThere)
        {
            return;
        }

        WireConsumer member = await new WireConsumer(_group).JoinedAsync(_topic.Name);
        WireConsumer wrong = new(_group) { Id = member.Id, Epoch = member.Epoch + 1 };
        Assert.Equal(ErrorCode.FencedMemberEpoch, (await wrong.SendAsync(wrong.BeatRequest())).ErrorCode);
        WireConsumer nobody = new(_group) { Epoch = member.Epoch };
        Assert.Equal(ErrorCode.UnknownMemberId, (await nobody.SendAsync(nobody.BeatRequest())).ErrorCode);
        Assert.Equal(ErrorCode.UnknownMemberId, await nobody.LeaveAsync());
        WireConsumer homeless = new(new WireGroup(_client, "no-such-group")) { Epoch = 3 };
        Assert.Equal(ErrorCode.GroupIdNotFound, (await homeless.SendAsync(homeless.BeatRequest())).ErrorCode);

        Assert.Equal(ErrorCode.StaleMemberEpoch, await CommitAsync(member.Id, member.Epoch + 1));
        Assert.Equal(ErrorCode.UnknownMemberId, await CommitAsync("nobody", member.Epoch));
        Assert.Equal(ErrorCode.UnknownMemberId, await CommitAsync("", -1));
        Assert.Equal(ErrorCode.None, await CommitAsync(member.Id, member.Epoch));
        Assert.Equal(ErrorCode.StaleMemberEpoch, await FetchAsync(member.Id, member.Epoch + 1));
        Assert.Equal(ErrorCode.UnknownMemberId, await FetchAsync("nobody", member.Epoch));
        Assert.Equal(ErrorCode.None, await FetchAsync(member.Id, member.Epoch));
        Assert.Equal(ErrorCode.None, await FetchAsync(null, -1));
        Assert.Equal(ErrorCode.NonEmptyGroup, await _group.DeleteAsync());
        Assert.Equal((ErrorCode.None, ErrorCode.GroupSubscribedToTopic), await _group.DeleteOffsetAsync(_topic));
        await member.LeaveAsync();
        Assert.Equal(ErrorCode.None, await _group.DeleteAsync());
    }

    public static TheoryData<string, ErrorCode> Refused => new()
    {
        { "no group", ErrorCode.InvalidRequest },
        { "blank group", ErrorCode.InvalidRequest },
        { "no topics", ErrorCode.InvalidRequest },
        { "no owned partitions", ErrorCode.InvalidRequest },
        { "no rebalance timeout", ErrorCode.InvalidRequest },
        { "owned partitions", ErrorCode.InvalidRequest },
        { "no instance", ErrorCode.InvalidRequest },
        { "blank rack", ErrorCode.InvalidRequest },
        { "epoch -3", ErrorCode.InvalidRequest },
        { "assignor", ErrorCode.UnsupportedAssignor },
        { "expression", ErrorCode.InvalidRegularExpression },
        { "no member", ErrorCode.InvalidRequest },
    };

    [Theory]
    [MemberData(nameof(Refused))]
    public async Task A_join_that_makes_no_sense_is_refused(string what, ErrorCode expected)
    {
        if (!IsThere)
        {
            return;
        }

        ConsumerGroupHeartbeatRequest request = new WireConsumer(_group).JoinRequest(_topic.Name);
        switch (what)
        {
            case "no group": request.GroupId = ""; break;
            case "blank group": request.GroupId = "  "; break;
            case "no topics": request.SubscribedTopicNames = null; break;
            case "no owned partitions": request.TopicPartitions = null; break;
            case "no rebalance timeout": request.RebalanceTimeoutMs = -1; break;
            case "owned partitions": request.TopicPartitions = [new() { TopicId = _topic.Id, Partitions = [0] }]; break;
            case "no instance": request.InstanceId = ""; break;
            case "blank rack": request.RackId = " "; break;
            case "epoch -3": request.MemberEpoch = -3; break;
            case "assignor": request.ServerAssignor = "none"; break;
            case "expression": (request.SubscribedTopicNames, request.SubscribedTopicRegex) = (null, "(("); break;
            case "no member": request.MemberId = ""; break;
            default: Assert.Fail(what); break;
        }

        ConsumerGroupHeartbeatResponse response = await _client.SendAsync(request, 1);
        Assert.Equal(expected, response.ErrorCode);
        Assert.NotEmpty(response.ErrorMessage!);
    }

    [Fact]
    public async Task A_static_member_comes_back_to_its_partitions()
    {
        if (!IsThere)
        {
            return;
        }

        WireConsumer first = await new WireConsumer(_group) { Instance = "a" }.JoinedAsync(_topic.Name);
        await first.AwaitPartitionsAsync(4);
        WireConsumer twin = new(_group) { Instance = "a" };
        Assert.Equal(ErrorCode.UnreleasedInstanceId, (await twin.SendAsync(twin.JoinRequest(_topic.Name))).ErrorCode);
        Assert.Equal(ErrorCode.None, await first.LeaveAsync(-2));
        await twin.JoinedAsync(_topic.Name);
        await twin.AwaitPartitionsAsync(4);
        Assert.Equal(ErrorCode.FencedInstanceId, (await first.SendAsync(first.BeatRequest())).ErrorCode);
    }

    [Fact]
    public async Task An_administrator_takes_members_out()
    {
        if (!IsThere)
        {
            return;
        }

        WireConsumer named = await new WireConsumer(_group).JoinedAsync(_topic.Name);
        WireConsumer instance = await new WireConsumer(_group) { Instance = "a" }.JoinedAsync(_topic.Name);
        WireConsumer both = await new WireConsumer(_group) { Instance = "b" }.JoinedAsync(_topic.Name);
        LeaveGroupRequest request = new()
        {
            GroupId = _group.Id,
            Members =
            [
                new() { MemberId = named.Id },
                new() { GroupInstanceId = "a" },
                new() { MemberId = both.Id, GroupInstanceId = "b" },
                new() { MemberId = "nobody" },
                new() { GroupInstanceId = "nobody" },
                new() { MemberId = named.Id, GroupInstanceId = "b" },
            ],
        };
        LeaveGroupResponse response = await _client.SendAsync(request, 5);
        Assert.Equal(ErrorCode.None, response.ErrorCode);
        Assert.Equal(
            [ErrorCode.None, ErrorCode.None, ErrorCode.None, ErrorCode.UnknownMemberId, ErrorCode.UnknownMemberId, ErrorCode.FencedInstanceId],
            response.Members.Select(each => each.ErrorCode));
        Assert.NotEmpty(instance.Id);
        Assert.Empty((await DescribeAsync()).Members);
    }

    [Fact]
    public async Task Topics_are_found_by_expression()
    {
        if (!IsThere)
        {
            return;
        }

        WireConsumer member = new(_group);
        ConsumerGroupHeartbeatRequest join = member.JoinRequest();
        (join.SubscribedTopicNames, join.SubscribedTopicRegex) = (null, $"{_topic.Name[..20]}.*");
        Assert.Equal(ErrorCode.None, (await member.SendAsync(join, 1)).ErrorCode);
        await member.AwaitPartitionsAsync(4);
        Assert.All(member.Assigned, each => Assert.Equal(_topic.Id, each.Topic));
        Assert.Equal(join.SubscribedTopicRegex, (await DescribeAsync()).Members.Single().SubscribedTopicRegex);
    }

    private async Task<ConsumerGroupDescribeResponse.DescribedGroup> DescribeAsync() =>
        (await _client.SendAsync(new ConsumerGroupDescribeRequest { GroupIds = [_group.Id] }, 1)).Groups.Single();

    private async Task<ErrorCode> CommitAsync(string member, int epoch)
    {
        OffsetCommitRequest request = new()
        {
            GroupId = _group.Id,
            MemberId = member,
            GenerationIdOrMemberEpoch = epoch,
            Topics = [new() { Name = _topic.Name, Partitions = [new() { CommittedOffset = 1 }] }],
        };
        return (await _client.SendAsync(request, 9)).Topics.Single().Partitions.Single().ErrorCode;
    }

    private async Task<ErrorCode> FetchAsync(string? member, int epoch)
    {
        OffsetFetchRequest request = new()
        {
            Groups = [new() { GroupId = _group.Id, MemberId = member, MemberEpoch = epoch, Topics = [new() { Name = _topic.Name, PartitionIndexes = [0] }] }],
        };
        return (await _client.SendAsync(request, 9)).Groups.Single().ErrorCode;
    }
}
