using KLog.Broker.Groups;
using KLog.Broker.Groups.Offsets;
using KLog.Broker.Storage;
using KLog.Protocol;
using KLog.Protocol.Messages;
using KLog.Protocol.Records;

namespace KLog.Broker.Tests.Groups;

/// <summary>Groups in their partition of <c>__consumer_offsets</c>: what is written is there again after a load.</summary>
public sealed class GroupShardTests
{
    [Fact]
    public async Task Offsets_are_there_again()
    {
        await using ShardFixture fixture = await ShardFixture.StartAsync();
        Assert.Equal(ErrorCode.None, fixture.Commit("g", 5));
        Assert.Equal(ErrorCode.None, fixture.Commit("g", 7, "a note", 3));
        Assert.Equal(ErrorCode.None, fixture.Commit("h", 1));
        await fixture.LoadAsync();
        CommittedOffset found = fixture.Find("g")!.Value;
        Assert.Equal((7, 3, "a note"), (found.Offset, found.LeaderEpoch, found.Metadata));
        Assert.Equal(["g classic Empty", "h classic Empty"], fixture.Groups());
    }

    [Fact]
    public async Task A_stable_group_goes_on_with_the_same_generation()
    {
        await using ShardFixture fixture = await ShardFixture.StartAsync();
        JoinGroupResponse joined = await fixture.JoinAsync("g");
        Assert.Equal(ErrorCode.None, (await fixture.SyncAsync("g", joined)).ErrorCode);
        await fixture.LoadAsync();
        Assert.Equal(["g classic Stable"], fixture.Groups());
        SyncGroupResponse again = await fixture.SyncAsync("g", joined);
        Assert.Equal(ErrorCode.None, again.ErrorCode);
        Assert.Equal(new byte[] { 1, 2 }, again.Assignment.ToArray());
        ErrorCode heartbeat = ErrorCode.UnknownServerError;
        fixture.Shard.Run("g", create: false, (group, nowMs, _) => heartbeat = group.Heartbeat("m1", null, 1, nowMs));
        Assert.Equal(ErrorCode.None, heartbeat);
    }

    [Fact]
    public async Task A_deleted_group_is_gone_with_its_offsets()
    {
        await using ShardFixture fixture = await ShardFixture.StartAsync();
        fixture.Commit("g", 5);
        fixture.Shard.Run("g", create: false, (group, _, effects) => group.Delete(effects));
        Assert.Empty(fixture.Groups());
        await fixture.LoadAsync();
        Assert.Empty(fixture.Groups());
        Assert.Equal(ErrorCode.None, fixture.Commit("g", 6));
    }

    [Fact]
    public async Task What_has_expired_is_removed_with_its_group()
    {
        await using ShardFixture fixture = await ShardFixture.StartAsync();
        fixture.Commit("g", 5);
        long later = DateTimeOffset.UtcNow.AddDays(7).AddMinutes(1).ToUnixTimeMilliseconds();
        fixture.Shard.RunForEach(_ => true, (group, _, effects) => group.ExpireOffsets(later - (120 * 60_000), effects));
        Assert.Single(fixture.Groups());
        fixture.Shard.RunForEach(_ => true, (group, _, effects) => group.ExpireOffsets(later, effects));
        Assert.Empty(fixture.Groups());
        await fixture.LoadAsync();
        Assert.Empty(fixture.Groups());
    }

    [Fact]
    public async Task What_cannot_be_written_did_not_happen()
    {
        await using ShardFixture fixture = await ShardFixture.StartAsync();
        fixture.Commit("g", 5);
        JoinGroupResponse joined = await fixture.JoinAsync("h");
        fixture.Partition.Log.Config = fixture.Partition.Log.Config with { MinInSyncReplicas = 2 };
        Assert.Equal(ErrorCode.CoordinatorNotAvailable, fixture.Commit("g", 6));
        Assert.Equal(5, fixture.Find("g")!.Value.Offset);
        Assert.Equal(ErrorCode.CoordinatorNotAvailable, (await fixture.SyncAsync("h", joined)).ErrorCode);
        Assert.Equal(["g classic Empty", "h classic PreparingRebalance"], fixture.Groups());
    }

    [Fact]
    public async Task A_shard_that_is_given_up_sends_its_members_elsewhere()
    {
        await using ShardFixture fixture = await ShardFixture.StartAsync(
            settings: new GroupSettings { InitialRebalanceDelayMs = 60_000 });
        Task<JoinGroupResponse> waiting = fixture.JoinAsync("g");
        fixture.Shard.Dispose();
        Assert.Equal(ErrorCode.NotCoordinator, (await waiting).ErrorCode);
        Assert.Equal(ErrorCode.NotCoordinator, fixture.Commit("g", 1));
    }

    [Fact]
    public async Task A_transactions_offsets_are_pending_until_its_marker()
    {
        await using ShardFixture fixture = await ShardFixture.StartAsync();
        fixture.Commit("g", 1);
        AppendTransactional(fixture, producerId: 7, offset: 20);
        await fixture.LoadAsync();
        Assert.Equal(1, fixture.Find("g")!.Value.Offset);
        bool isUnstable = false;
        fixture.Shard.Run("g", create: false, (group, _, _) => isUnstable = group.Offsets.IsUnstable(ShardFixture.T0));
        Assert.True(isUnstable);

        byte[] commit = new EndTransactionMarker(IsCommit: true, CoordinatorEpoch: 1).ToBatch(7, 0, 0);
        Assert.Equal(ErrorCode.None, fixture.Partition.Append(commit, -1, AppendOrigin.Coordinator).Error);
        await fixture.LoadAsync();
        Assert.Equal(20, fixture.Find("g")!.Value.Offset);
    }

    [Fact]
    public async Task A_record_that_nobody_knows_is_passed_over()
    {
        await using ShardFixture fixture = await ShardFixture.StartAsync();
        using RecordBatchBuilder batch = new();
        batch.Append(0, new byte[] { 0, 99, 1 }, new byte[] { 1 });
        batch.Append(0, new byte[] { 0, 1, 0, 50 }, new byte[] { 0, 3 });
        batch.Append(0, Array.Empty<byte>(), (byte[]?)null);
        fixture.Partition.Append(batch.Build(), -1, AppendOrigin.Coordinator);
        fixture.Commit("g", 3);
        await fixture.LoadAsync();
        Assert.Equal(3, fixture.Find("g")!.Value.Offset);
    }

    [Theory]
    [InlineData("", 0)]
    [InlineData("my-group", 36)]
    [InlineData("g1", 42)]
    public void A_groups_partition_is_Javas(string group, int partition) =>
        Assert.Equal(partition, GroupCoordinator.PartitionOf(group, 50));

    private static void AppendTransactional(ShardFixture fixture, long producerId, long offset)
    {
        GroupRecord record = OffsetRecords.Commit("g", ShardFixture.T0, new CommittedOffset(offset, -1, "", 0));
        using RecordBatchBuilder batch = new() { IsTransactional = true, ProducerId = producerId, ProducerEpoch = 0, BaseSequence = 0 };
        batch.Append(0, record.Key, record.Value);
        Assert.Equal(ErrorCode.None, fixture.Partition.Append(batch.Build(), -1, AppendOrigin.Coordinator).Error);
    }
}
