using KLog.Protocol;
using KLog.Protocol.Messages;

namespace KLog.Conformance.Wire.Groups;

/// <summary>A member of a consumer group (KIP-848), a heartbeat at a time.</summary>
internal sealed class WireConsumer(WireGroup group)
{
    /// <summary>Members choose their ids themselves.</summary>
    public string Id { get; init; } = Guid.NewGuid().ToString();

    public string? Instance { get; init; }

    public int Epoch { get; set; }

    /// <summary>What it was told last to have.</summary>
    public IReadOnlyList<(Guid Topic, int Partition)> Assigned { get; private set; } = [];

    /// <summary>The first heartbeat, which says everything.</summary>
    public ConsumerGroupHeartbeatRequest JoinRequest(params string[] topics) => new()
    {
        GroupId = group.Id,
        MemberId = Id,
        MemberEpoch = 0,
        InstanceId = Instance,
        RebalanceTimeoutMs = 30_000,
        SubscribedTopicNames = topics,
        TopicPartitions = [],
    };

    /// <summary>One that says that nothing is new.</summary>
    public ConsumerGroupHeartbeatRequest BeatRequest() => new()
    {
        GroupId = group.Id,
        MemberId = Id,
        MemberEpoch = Epoch,
        InstanceId = Instance,
        TopicPartitions =
        [
            .. Assigned.GroupBy(each => each.Topic).Select(topic => new ConsumerGroupHeartbeatRequest.TopicPartitionsData
            {
                TopicId = topic.Key,
                Partitions = [.. topic.Select(each => each.Partition)],
            }),
        ],
    };

    public async Task<ConsumerGroupHeartbeatResponse> SendAsync(ConsumerGroupHeartbeatRequest request, short version = 0)
    {
        ConsumerGroupHeartbeatResponse response = await group.Client.SendAsync(request, version);
        if (response.ErrorCode == ErrorCode.None)
        {
            Epoch = response.MemberEpoch;
            Assigned = response.Assignment is { } told
                ? [.. told.TopicPartitions.SelectMany(topic => topic.Partitions.Select(each => (topic.TopicId, each)))]
                : Assigned;
        }

        return response;
    }

    public async Task<WireConsumer> JoinedAsync(params string[] topics)
    {
        Assert.Equal(ErrorCode.None, (await SendAsync(JoinRequest(topics))).ErrorCode);
        return this;
    }

    /// <summary>Beats until it has so many partitions.</summary>
    public async Task AwaitPartitionsAsync(int count)
    {
        for (long end = Environment.TickCount64 + 20_000; Assigned.Count != count; await Task.Delay(20))
        {
            Assert.True(Environment.TickCount64 < end, $"{Assigned.Count} partitions, not {count}");
            Assert.Equal(ErrorCode.None, (await SendAsync(BeatRequest())).ErrorCode);
        }
    }

    public async Task<ErrorCode> LeaveAsync(int epoch = -1) =>
        (await group.Client.SendAsync(new ConsumerGroupHeartbeatRequest { GroupId = group.Id, MemberId = Id, InstanceId = Instance, MemberEpoch = epoch }, 0)).ErrorCode;
}
