using KLog.Broker.Groups;
using KLog.Broker.Groups.Consumer;
using KLog.Broker.Groups.Offsets;
using KLog.Broker.Storage;
using KLog.Protocol;
using KLog.Protocol.Compression;
using KLog.Protocol.Groups;
using KLog.Protocol.Messages;
using KLog.Protocol.Records;
using KLog.Protocol.Wire;

namespace KLog.Broker.Tests.Groups;

/// <summary>Clients that mean no good, and logs that are damaged: others must not have to suffer from them.</summary>
public sealed class HostileGroupTests
{
    private static readonly string TooLong = new('x', 40_000);

    [Fact]
    public void What_does_not_fit_into_a_record_is_known_before()
    {
        Assert.True(RecordText.Fits(null));
        Assert.True(RecordText.Fits(new string('x', short.MaxValue)));
        Assert.False(RecordText.Fits(new string('x', short.MaxValue + 1)));
        Assert.False(RecordText.Fits(new string('ä', 20_000)));
    }

    [Fact]
    public async Task A_group_whose_first_event_fails_is_not_there()
    {
        await using ShardFixture fixture = await ShardFixture.StartAsync();
        Assert.ThrowsAny<Exception>(() => fixture.Commit(TooLong, 5));
        Assert.Empty(fixture.Groups());
    }

    [Fact]
    public async Task An_event_that_fails_in_time_ends_nothing()
    {
        await using ShardFixture fixture = await ShardFixture.StartAsync();
        TaskCompletionSource<JoinGroupResponse> reply = new();
        JoinGroupRequest join = new()
        {
            GroupId = "g",
            ProtocolType = TooLong,
            SessionTimeoutMs = 6_000,
            RebalanceTimeoutMs = 1,
            Protocols = [new JoinGroupRequest.JoinGroupRequestProtocol { Name = "range" }],
        };
        fixture.Shard.Run("g", create: true, (group, nowMs, effects) =>
            group.Join(join, new ClientOrigin("c", "/h"), "m", 3, reply, nowMs, effects));
        await reply.Task;
        while (fixture.Groups()[0] == "g classic CompletingRebalance")
        {
            await Task.Delay(1);
        }

        fixture.Shard.RunForEach(_ => true, (_, _, _) => throw new InvalidOperationException("of one group"));
        Assert.Equal(ErrorCode.None, fixture.Commit("h", 1));
    }

    [Fact]
    public async Task A_leader_that_gives_out_partitions_that_are_not_there_costs_nothing()
    {
        await using ShardFixture fixture = await ShardFixture.StartAsync();
        JoinGroupResponse joined = await fixture.JoinAsync(
            "g", metadata: Versioned.Write(new ConsumerProtocolSubscription { Topics = ["t"] }, 1));
        await fixture.SyncAsync("g", joined, Versioned.Write(
            new ConsumerProtocolAssignment
            {
                AssignedPartitions = [new ConsumerProtocolAssignment.TopicPartition { Topic = "t", Partitions = [0, int.MaxValue, -1, 2_000_000_000] }],
            },
            1));
        ConsumerGroupHeartbeatResponse? answer = null;
        ConsumerGroupHeartbeatRequest heartbeat = new()
        {
            GroupId = "g",
            MemberId = "m",
            RebalanceTimeoutMs = 1000,
            TopicPartitions = [],
            SubscribedTopicNames = ["t"],
        };
        fixture.Shard.Run("g", create: false, (group, nowMs, effects) =>
            group.ConsumerHeartbeat(heartbeat, 1, new ClientOrigin("c", "/h"), nowMs, effects, response => answer = response));
        Assert.Equal(ErrorCode.None, answer!.ErrorCode);
        Assert.StartsWith("g consumer", fixture.Groups()[0], StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("[[:alpha:]]+")]
    [InlineData("(a")]
    [InlineData("(?<=a)b")]
    [InlineData(@"(a)\1")]
    public void An_expression_that_would_mean_something_else_is_refused(string expression) =>
        Assert.NotNull(TopicExpressions.Fault(expression));

    [Fact]
    public void An_expression_is_not_longer_than_compiling_it_may_take()
    {
        Assert.Null(TopicExpressions.Fault(new string('a', 1_000)));
        Assert.NotNull(TopicExpressions.Fault(new string('a', 1_001)));
    }

    [Fact]
    public async Task A_damaged_partition_is_told_of_and_keeps_nobody_waiting()
    {
        await using ShardFixture fixture = await ShardFixture.StartAsync();
        using RecordBatchBuilder batch = new(CompressionType.Lz4);
        for (int i = 0; i < 50; i++)
        {
            GroupRecord record = OffsetRecords.Commit($"g{i}", ShardFixture.T0, new CommittedOffset(i, -1, "", 0));
            batch.Append(0, record.Key, record.Value);
        }

        Assert.Equal(ErrorCode.None, fixture.Partition.Append(batch.Build(), -1, AppendOrigin.Coordinator).Error);
        string file = Directory.GetFiles(fixture.Partition.Log.Directory.Path, "*.log", SearchOption.AllDirectories).Single();
        await using (FileStream log = new(file, FileMode.Open, FileAccess.ReadWrite, FileShare.ReadWrite))
        {
            log.Position = RecordBatchView.HeaderSize;
            log.WriteByte(0);
        }

        await fixture.LoadAsync();
        Assert.Equal(ErrorCode.CoordinatorNotAvailable, fixture.Commit("g1", 1));
    }

    [Fact]
    public async Task Nothing_is_told_that_rests_on_what_is_not_safe_yet()
    {
        await using ShardFixture fixture = await ShardFixture.StartAsync(new LogConfig { CleanupPolicy = CleanupPolicy.Compact, FlushMessages = 1 });
        for (int i = 0; i < 20; i++)
        {
            OffsetCommitRequest request = new() { GroupId = "g" };
            (_, Task? first) = fixture.Shard.Run("g", create: true, (group, nowMs, effects) =>
                group.Commit(request, 9, [(ShardFixture.T0, new CommittedOffset(i, -1, "", 1), new())], nowMs, effects));
            bool wasOpen = first is { IsCompleted: false };
            (_, Task? second) = fixture.Shard.Run("g", create: false, (_, _, _) => { });
            Assert.True(!wasOpen || second is not null || first!.IsCompleted);
            await (first ?? Task.CompletedTask);
        }
    }

    [Fact]
    public async Task Half_of_what_belongs_together_sends_everybody_back_to_the_log()
    {
        await using ShardFixture fixture = await ShardFixture.StartAsync(
            new LogConfig { CleanupPolicy = CleanupPolicy.Compact, MaxMessageBytes = 300, SegmentBytes = 1000 });
        fixture.Commit("g", 1);
        GroupRecord small = OffsetRecords.Commit("g", ShardFixture.T0, new CommittedOffset(2, -1, "", 0));
        GroupRecord large = OffsetRecords.Commit("g", ShardFixture.T0, new CommittedOffset(3, -1, new string('m', 500), 0));
        ErrorCode outcome = ErrorCode.None;
        fixture.Shard.Run("g", create: false, (_, _, effects) => effects.Write([small, large], error => outcome = error));
        Assert.NotEqual(ErrorCode.None, outcome);
        await fixture.WaitAsync();
        Assert.Equal(2, fixture.Find("g")!.Value.Offset);
    }
}
