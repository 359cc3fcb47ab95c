using System.Collections.Immutable;
using KLog.Broker.Groups;
using KLog.Broker.Groups.Assignors;
using KLog.Broker.Groups.Offsets;
using KLog.Broker.Metadata;
using KLog.Broker.Replication;
using KLog.Broker.Storage;
using KLog.Protocol;
using KLog.Protocol.Messages;
using KLog.Protocol.Records;
using Microsoft.Extensions.Logging.Abstractions;
using PartitionAnswer = KLog.Protocol.Messages.OffsetCommitResponse.OffsetCommitResponseTopic.OffsetCommitResponsePartition;

namespace KLog.Broker.Tests.Groups;

/// <summary>A shard over a partition on the disk; it can be given up and loaded again, as by another broker.</summary>
internal sealed class ShardFixture : IAsyncDisposable
{
    public static readonly TopicPartition T0 = new("t", 0);

    private readonly string _folder = Directory.CreateTempSubdirectory("klog-shard-").FullName;
    private readonly LogStore _logs;
    private readonly GroupClock _clock;
    private readonly GroupWorld _world;

    private ShardFixture(LogConfig config, GroupSettings settings)
    {
        _logs = LogStore.Open(new LogStoreOptions { Directories = [_folder] }, TimeProvider.System, NullLogger.Instance);
        Partition = new ReplicaSet(_logs).Lead(
            new TopicPartition("__consumer_offsets", 0), Guid.NewGuid(), config, new LeaderState(0, [0], [0], 0));
        _clock = new GroupClock(TimeProvider.System);
        ClusterView view = new();
        view.Publish(new ClusterSnapshot("c", 0, ImmutableArray<BrokerNode>.Empty)
            .With([new TopicState("t", Guid.NewGuid(), [new PartitionState(0, 0, 0, [0], [0], [])])]));
        _world = new GroupWorld(() => settings, _ => settings.Consumer, view, BuiltInAssignors.AllowedBy(settings.Consumer), () => Guid.NewGuid().ToString());
        Shard = null!;
    }

    public Partition Partition { get; }

    public GroupShard Shard { get; private set; }

    public static async Task<ShardFixture> StartAsync(LogConfig? config = null, GroupSettings? settings = null)
    {
        ShardFixture fixture = new(config ?? new LogConfig { CleanupPolicy = CleanupPolicy.Compact }, settings ?? new GroupSettings { InitialRebalanceDelayMs = 0 });
        await fixture.LoadAsync();
        return fixture;
    }

    public async Task LoadAsync()
    {
        Shard?.Dispose();
        Shard = new GroupShard(Partition, CompressionType.None, _world, _clock, TimeProvider.System, NullLogger.Instance);
        Shard.Start();
        await WaitAsync();
    }

    /// <summary>Until the partition is read.</summary>
    public async Task WaitAsync()
    {
        while (Shard.ForEach(_ => { }) == ErrorCode.CoordinatorLoadInProgress)
        {
            await Task.Delay(1);
        }
    }

    public ErrorCode Commit(string group, long offset, string metadata = "", int epoch = -1)
    {
        PartitionAnswer answer = new();
        ErrorCode refusal = ErrorCode.None;
        (ErrorCode error, _) = Shard.Run(group, create: true, (each, nowMs, effects) => refusal = each.Commit(
            new OffsetCommitRequest { GroupId = group },
            9,
            [(T0, new CommittedOffset(offset, epoch, metadata, _clock.WallMs), answer)],
            nowMs,
            effects));
        return error != ErrorCode.None ? error : refusal != ErrorCode.None ? refusal : answer.ErrorCode;
    }

    public CommittedOffset? Find(string group)
    {
        CommittedOffset? found = null;
        Shard.Run(group, create: false, (each, _, _) => found = each.Offsets.Find(T0));
        return found;
    }

    public string[] Groups()
    {
        List<string> groups = [];
        Shard.ForEach(group => groups.Add($"{group.Id} {group.Type} {group.State}"));
        return [.. groups.Order()];
    }

    public Task<JoinGroupResponse> JoinAsync(string group, string memberId = "", byte[]? metadata = null)
    {
        TaskCompletionSource<JoinGroupResponse> reply = new(TaskCreationOptions.RunContinuationsAsynchronously);
        JoinGroupRequest join = new()
        {
            GroupId = group,
            MemberId = memberId,
            ProtocolType = "consumer",
            SessionTimeoutMs = 10_000,
            RebalanceTimeoutMs = 10_000,
            Protocols = [new JoinGroupRequest.JoinGroupRequestProtocol { Name = "range", Metadata = metadata ?? [] }],
        };
        Shard.Run(group, create: true, (each, nowMs, effects) =>
            each.Join(join, new ClientOrigin("client", "/host"), "m1", 3, reply, nowMs, effects));
        return reply.Task;
    }

    public Task<SyncGroupResponse> SyncAsync(string group, JoinGroupResponse joined, byte[]? assignment = null)
    {
        TaskCompletionSource<SyncGroupResponse> reply = new(TaskCreationOptions.RunContinuationsAsynchronously);
        SyncGroupRequest sync = new()
        {
            GroupId = group,
            MemberId = joined.MemberId,
            GenerationId = joined.GenerationId,
            Assignments = [new SyncGroupRequest.SyncGroupRequestAssignment { MemberId = joined.MemberId, Assignment = assignment ?? [1, 2] }],
        };
        Shard.Run(group, create: false, (each, nowMs, effects) => each.Sync(sync, reply, nowMs, effects));
        return reply.Task;
    }

    public async ValueTask DisposeAsync()
    {
        Shard.Dispose();
        await _logs.DisposeAsync();
        Directory.Delete(_folder, recursive: true);
    }
}
