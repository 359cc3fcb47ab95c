using KLog.Broker.Storage.Tests.Support;
using KLog.Protocol;

namespace KLog.Broker.Storage.Tests.Log;

public class MaintenanceTests
{
    private const long Day = 24L * 60 * 60 * 1000;

    [Fact]
    public void A_segment_rolls_by_the_timestamps_of_its_batches()
    {
        using TestStore test = new(new LogConfig { SegmentMs = 1000 });
        long start = test.Time.NowMs - 100_000;
        test.Log.Append(Batches.Of(1, timestampMs: start));
        test.Time.NowMs += 5000;
        test.Log.Append(Batches.Of(1, timestampMs: start + 1000));
        Assert.Equal(1, test.Log.SegmentCount);
        test.Log.Append(Batches.Of(1, timestampMs: start + 1001));
        Assert.Equal([0L, 2L], test.Log.SegmentBaseOffsets);
    }

    [Fact]
    public void A_full_index_rolls_the_segment()
    {
        using TestStore test = new(new LogConfig { SegmentIndexBytes = 4 * 12, IndexIntervalBytes = 1 });
        for (int i = 0; i < 9; i++)
        {
            test.Log.Append(Batches.Of(1, timestampMs: 1_700_000_000_000 + i));
        }

        // Three entries and the one that is kept for sealing; the first batch of a segment gets none.
        Assert.Equal([0L, 4L, 8L], test.Log.SegmentBaseOffsets);
    }

    [Fact]
    public void Old_segments_go_up_to_the_high_watermark()
    {
        using TestStore test = new(new LogConfig { SegmentBytes = 200, RetentionMs = Day });
        for (int i = 0; i < 5; i++)
        {
            test.Log.Append(Batches.Of(2, valueSize: 50, timestampMs: test.Time.NowMs));
        }

        test.Time.NowMs += 2 * Day;
        Assert.Equal(0, test.Log.DeleteOldSegments());
        test.Log.UpdateHighWatermark(5);
        Assert.Equal(2, test.Log.DeleteOldSegments());
        Assert.Equal(4, test.Log.LogStartOffset);
        test.Log.UpdateHighWatermark(10);
        Assert.Equal(3, test.Log.DeleteOldSegments());
        Assert.Equal((10, 10, 1), (test.Log.LogStartOffset, test.Log.LogEndOffset, test.Log.SegmentCount));
        Assert.Equal(10, test.Log.Append(Batches.Of(1, timestampMs: test.Time.NowMs)).BaseOffset);
    }

    [Fact]
    public void What_was_rolled_off_is_synced_without_the_active_segment()
    {
        using TestStore test = new(new LogConfig { SegmentBytes = 200 });
        for (int i = 0; i < 3; i++)
        {
            test.Log.Append(Batches.Of(2, valueSize: 50));
        }

        test.Log.FlushSealed();
        Assert.Equal(4, test.Log.RecoveryPoint);
        test.Log.Flush();
        Assert.Equal(6, test.Log.RecoveryPoint);
    }

    [Fact]
    public async Task The_log_start_survives_restarts()
    {
        using TestStore test = new(new LogConfig { SegmentBytes = 200 });
        for (int i = 0; i < 5; i++)
        {
            test.Log.Append(Batches.Of(2, valueSize: 50));
        }

        test.Log.UpdateHighWatermark(10);
        test.Log.AdvanceLogStart(5);
        Assert.Equal(2, test.Log.DeleteOldSegments());
        await test.RestartAsync();
        Assert.Equal((5, 10), (test.Log.LogStartOffset, test.Log.LogEndOffset));
        test.Crash();
        Assert.Equal((5, 10), (test.Log.LogStartOffset, test.Log.LogEndOffset));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(7)]
    [InlineData(20)]
    [InlineData(29)]
    public void A_truncated_log_goes_on_from_there(long offset)
    {
        using TestStore test = new(new LogConfig { SegmentBytes = 500 });
        for (int i = 0; i < 15; i++)
        {
            test.Log.Append(Batches.Of(2, valueSize: 40, producerId: 3, epoch: 0, sequence: i * 2), leaderEpoch: i);
        }

        test.Log.TruncateTo(offset);
        long end = offset / 2 * 2;
        Assert.Equal(end, test.Log.LogEndOffset);
        Assert.Equal(end == 0 ? -1 : (end / 2) - 1, test.Log.LeaderEpochs.LatestEpoch);
        Assert.Equal(end / 2, test.Log.ReadAll(0).Count);
        LogAppendResult next = test.Log.AppendAsLeader(
            Batches.Of(2, producerId: 3, epoch: 0, sequence: (int)end), 20, AppendOrigin.Client);
        Assert.Equal((ErrorCode.None, false, end), (next.Error, next.IsDuplicate, next.BaseOffset));
        test.Crash();
        Assert.Equal((end / 2) + 1, test.Log.ReadAll(0).Count);
    }

    [Fact]
    public void A_follower_takes_offsets_as_they_come_and_refuses_old_ones()
    {
        using TestStore leader = new();
        leader.Log.Append(Batches.Of(3), leaderEpoch: 2);
        leader.Log.Append(Batches.Of(3), leaderEpoch: 5);
        byte[] bytes = leader.Log.Read(0, 10_000, 100, true).Region!.Bytes();
        using TestStore follower = new();
        Assert.Equal(ErrorCode.None, follower.Log.AppendAsFollower(bytes).Error);
        Assert.Equal(leader.Log.LeaderEpochs.Entries, follower.Log.LeaderEpochs.Entries);
        Assert.Equal(ErrorCode.OffsetOutOfRange, follower.Log.AppendAsFollower(bytes).Error);
        bytes[^1] ^= 1;
        Assert.Equal(ErrorCode.CorruptMessage, follower.Log.AppendAsFollower(bytes).Error);
        follower.Log.TruncateFullyAndStartAt(1000);
        Assert.Equal((1000, 1000), (follower.Log.LogStartOffset, follower.Log.LogEndOffset));
        Assert.Empty(follower.Log.LeaderEpochs.Entries);
    }

    [Fact]
    public void A_deleted_partition_leaves_at_once_and_its_files_later()
    {
        using TestStore test = new();
        test.Log.Append(Batches.Of(1));
        PartitionLog deleted = test.Log;
        test.Store.Delete(TestStore.Partition);
        Assert.Null(test.Store.Find(TestStore.Partition));
        string folder = Assert.Single(Directory.GetDirectories(test.Path));
        Assert.Matches("topic-0\\.[0-9a-f]{32}-delete$", folder);
        Assert.Equal(ErrorCode.KafkaStorageError, deleted.AppendAsLeader(Batches.Of(1), 0, AppendOrigin.Client).Error);
        test.Log.Append(Batches.Of(1));
        test.Time.NowMs += 60_000;
        test.Store.RunDueDeletions();
        Assert.Equal([test.PartitionPath], Directory.GetDirectories(test.Path));
        Assert.Equal(ErrorCode.NotLeaderOrFollower, deleted.Read(0, 100, 1, true).Error);
        deleted.Flush();
        Assert.False(deleted.Directory.IsOffline);
    }

    [Fact]
    public void Offsets_of_the_oldest_kind_are_told_by_segment()
    {
        using TestStore test = new(new LogConfig { SegmentBytes = 200 });
        for (int i = 0; i < 3; i++)
        {
            test.Time.NowMs += 1000;
            test.Log.Append(Batches.Of(2, valueSize: 50, timestampMs: test.Time.NowMs));
        }

        Assert.Equal([6L, 4L, 2L], test.Log.OffsetsBefore(-1, 3));
        Assert.Equal([0L], test.Log.OffsetsBefore(-2, 3));
        Assert.Equal([2L, 0L], test.Log.OffsetsBefore(test.Time.NowMs - 1000, 10));
    }
}
