using KLog.Conformance.Wire;
using KLog.Protocol;
using KLog.Protocol.Groups;
using KLog.Protocol.Messages;
using KLog.Protocol.Wire;

namespace KLog.Conformance.Tools;

/// <summary>
/// Topics and groups of each kind, made by single requests, so that nothing about them moves while tools look at them:
/// one with offsets alone, classic ones with a dynamic and with a static member, one of the new protocol. The classic ones
/// live as long as their session, without heartbeats.
/// </summary>
internal sealed class SampleGroups(int port) : IDisposable
{
    public const string Empty = "sample-empty";
    public const string Classic = "sample-classic";
    public const string Static = "sample-static";
    public const string Modern = "sample-modern";

    /// <summary>With a name that is written in quotes when it is exported.</summary>
    public const string Orders = "sample-orders-with-a-long-name";

    public const string Payments = "sample-payments";

    private const int SessionMs = 300_000;
    private const int RecordsInFirst = 7;

    private readonly WireClient _client = new(port);
    private ConsumerGroupHeartbeatRequest _heartbeat = new();

    public void Dispose() => _client.Dispose();

    public async Task MakeAsync()
    {
        CreateTopicsRequest create = new()
        {
            Topics = [new() { Name = Orders, NumPartitions = 3, ReplicationFactor = 1 }, new() { Name = Payments, NumPartitions = 2, ReplicationFactor = 1 }],
            TimeoutMs = 10_000,
        };
        await EventuallyAsync(
            () => _client.SendAsync<CreateTopicsRequest, CreateTopicsResponse>(create, 7),
            created => created.Topics.All(each => each.ErrorCode is ErrorCode.None or ErrorCode.TopicAlreadyExists));
        await FillAsync();
        await EventuallyAsync(
            () => _client.SendAsync<FindCoordinatorRequest, FindCoordinatorResponse>(new FindCoordinatorRequest { CoordinatorKeys = [Empty] }, 4),
            found => found.Coordinators[0].ErrorCode == ErrorCode.None);
        await CommitAsync(Empty, "", -1, (Orders, 0, 2), (Orders, 2, 0), (Payments, 1, 0));
        await JoinAsync(Classic, instance: null, (Orders, [1, 0]));
        await JoinAsync(Static, instance: "fixed", (Payments, [0, 1]));
        await JoinModernAsync();
    }

    /// <summary>The new protocol's session is the broker's to choose, and shorter.</summary>
    public Task HeartbeatAsync() => _client.SendAsync<ConsumerGroupHeartbeatRequest, ConsumerGroupHeartbeatResponse>(_heartbeat, 1);

    private async Task FillAsync()
    {
        ProduceRequest produce = new()
        {
            Acks = -1,
            TimeoutMs = 10_000,
            TopicData = [new() { Name = Orders, PartitionData = [new() { Index = 0, Records = new Records(Batches.Of(RecordsInFirst)) }] }],
        };
        await EventuallyAsync(
            () => _client.SendAsync<ProduceRequest, ProduceResponse>(produce, 9),
            produced => produced.Responses[0].PartitionResponses[0].ErrorCode == ErrorCode.None);
    }

    private async Task CommitAsync(string group, string member, int generation, params (string Topic, int Partition, long Offset)[] offsets)
    {
        OffsetCommitRequest request = new()
        {
            GroupId = group,
            MemberId = member,
            GenerationIdOrMemberEpoch = generation,
            Topics =
            [
                .. offsets.GroupBy(each => each.Topic).Select(topic => new OffsetCommitRequest.OffsetCommitRequestTopic
                {
                    Name = topic.Key,
                    Partitions = [.. topic.Select(each => new OffsetCommitRequest.OffsetCommitRequestTopic.OffsetCommitRequestPartition
                    {
                        PartitionIndex = each.Partition,
                        CommittedOffset = each.Offset,
                    })],
                }),
            ],
        };
        await EventuallyAsync(
            () => _client.SendAsync<OffsetCommitRequest, OffsetCommitResponse>(request, 9),
            committed => committed.Topics.SelectMany(each => each.Partitions).All(each => each.ErrorCode == ErrorCode.None));
    }

    private async Task JoinAsync(string group, string? instance, (string Topic, int[] Partitions) assigned)
    {
        JoinGroupRequest join = new()
        {
            GroupId = group,
            SessionTimeoutMs = SessionMs,
            RebalanceTimeoutMs = SessionMs,
            ProtocolType = "consumer",
            GroupInstanceId = instance,
            Protocols = [new() { Name = "range", Metadata = Bytes(writer => new ConsumerProtocolSubscription { Topics = [assigned.Topic] }.Write(writer, 1)) }],
        };
        // Version 3 is the last in which a dynamic member gets its id and its place at once.
        JoinGroupResponse joined = await EventuallyAsync(
            () => _client.SendAsync<JoinGroupRequest, JoinGroupResponse>(join, instance is null ? (short)3 : (short)5),
            response => response.ErrorCode == ErrorCode.None);
        ConsumerProtocolAssignment assignment = new() { AssignedPartitions = [new() { Topic = assigned.Topic, Partitions = assigned.Partitions }] };
        SyncGroupRequest sync = new()
        {
            GroupId = group,
            GenerationId = joined.GenerationId,
            MemberId = joined.MemberId,
            GroupInstanceId = instance,
            Assignments = [new() { MemberId = joined.MemberId, Assignment = Bytes(writer => assignment.Write(writer, 1)) }],
        };
        SyncGroupResponse synced = await _client.SendAsync<SyncGroupRequest, SyncGroupResponse>(sync, 3);
        Assert.Equal(ErrorCode.None, synced.ErrorCode);
        await CommitAsync(group, joined.MemberId, joined.GenerationId, (assigned.Topic, 0, 1), (Orders, 2, 0));
    }

    private async Task JoinModernAsync()
    {
        ConsumerGroupHeartbeatRequest join = new()
        {
            GroupId = Modern,
            MemberId = "sample-member-0000000001",
            RebalanceTimeoutMs = SessionMs,
            SubscribedTopicNames = [Orders, Payments],
            TopicPartitions = [],
        };
        ConsumerGroupHeartbeatResponse joined = await EventuallyAsync(
            () => _client.SendAsync<ConsumerGroupHeartbeatRequest, ConsumerGroupHeartbeatResponse>(join, 1),
            response => response.ErrorCode == ErrorCode.None && response.Assignment?.TopicPartitions.Length > 0);
        _heartbeat = new ConsumerGroupHeartbeatRequest
        {
            GroupId = Modern,
            MemberId = join.MemberId,
            MemberEpoch = joined.MemberEpoch,
            TopicPartitions = [.. joined.Assignment!.TopicPartitions.Select(each => new ConsumerGroupHeartbeatRequest.TopicPartitionsData
            {
                TopicId = each.TopicId,
                Partitions = each.Partitions,
            })],
        };
        await HeartbeatAsync();
        await CommitAsync(Modern, join.MemberId, joined.MemberEpoch, (Orders, 0, 5), (Payments, 1, 0));
    }

    private static byte[] Bytes(Action<WireWriter> write)
    {
        using WireWriter writer = new();
        writer.WriteInt16(1);
        write(writer);
        return writer.Written.ToArray();
    }

    /// <summary>New topics and coordinators take a moment.</summary>
    private static async Task<T> EventuallyAsync<T>(Func<Task<T>> ask, Func<T, bool> isDone)
    {
        T answer = await ask();
        for (int i = 0; i < 200 && !isDone(answer); i++)
        {
            await Task.Delay(50);
            answer = await ask();
        }

        Assert.True(isDone(answer), $"{typeof(T).Name} did not succeed within 10 s");
        return answer;
    }
}
