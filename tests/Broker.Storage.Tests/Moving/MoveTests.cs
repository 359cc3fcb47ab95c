using KLog.Broker.Storage.Tests.Support;
using KLog.Protocol;
using KLog.Protocol.Records;

namespace KLog.Broker.Storage.Tests.Moving;

public class MoveTests
{
    [Fact]
    public async Task A_log_moves_with_all_that_belongs_to_it()
    {
        using TwoDisks disks = new();
        PartitionLog log = disks.Log;
        log.AssignLeaderEpoch(3);
        disks.Fill(20);
        Assert.Equal(ErrorCode.None, log.AppendAsLeader(Batches.Of(2, producerId: 7, epoch: 0, sequence: 0, transactional: true), 3, AppendOrigin.Client).Error);
        byte[] abort = new EndTransactionMarker(IsCommit: false, CoordinatorEpoch: 1).ToBatch(7, 0, disks.Time.NowMs);
        Assert.Equal(ErrorCode.None, log.AppendAsLeader(abort, 3, AppendOrigin.Coordinator).Error);
        log.UpdateHighWatermark(log.LogEndOffset);
        log.AdvanceLogStart(5);
        var before = Facts(log);
        Dictionary<string, byte[]> files = FilesOf(log);
        Assert.True(log.SegmentCount > 3);

        Assert.True(await disks.MoveAsync(disks.B));

        Assert.Same(log, disks.Log);
        Assert.Same(disks.B, log.Directory);
        Assert.Equal((0, 1), (disks.A.LogCount, disks.B.LogCount));
        Assert.Equal($"{disks.B.Path}/topic-0", log.Path);
        Assert.Equal(before, Facts(log));
        Assert.Equal(["topic-0.-delete"], TwoDisks.FoldersOf(disks.A));
        Assert.Equal(["topic-0"], TwoDisks.FoldersOf(disks.B));
        foreach ((string name, byte[] bytes) in files.Where(file => file.Key.EndsWith(".log", StringComparison.Ordinal) || file.Key.EndsWith(".txnindex", StringComparison.Ordinal)))
        {
            Assert.Equal(bytes, File.ReadAllBytes(Path.Combine(log.Path, name)));
        }

        // The producer goes on where it was, and the log with its next offset.
        LogAppendResult next = log.AppendAsLeader(Batches.Of(1, producerId: 7, epoch: 0, sequence: 2, transactional: true), 3, AppendOrigin.Client);
        Assert.Equal((ErrorCode.None, 23L), (next.Error, next.BaseOffset));
        Assert.True(log.AppendAsLeader(Batches.Of(2, producerId: 7, epoch: 0, sequence: 0, transactional: true), 3, AppendOrigin.Client).IsDuplicate);

        disks.Crash();
        Assert.Same(disks.B, disks.Log.Directory);
        Assert.Equal((TestStore.TopicId, 5L, 24L), (disks.Log.TopicId, disks.Log.LogStartOffset, disks.Log.LogEndOffset));
        Assert.Equal(3, disks.Log.LeaderEpochs.LatestEpoch);
        Assert.Equal([new AbortedTransaction(7, 20, 22, 23)], disks.Log.AbortedTransactions(0, 23));
        Assert.True(disks.Log.AppendAsLeader(Batches.Of(1, producerId: 7, epoch: 0, sequence: 2, transactional: true), 3, AppendOrigin.Client).IsDuplicate);

        await disks.RestartAsync();
        Assert.Same(disks.B, disks.Log.Directory);
        Assert.Equal(24, disks.Log.ReadAll(5)[^1].Last + 1);
        disks.Time.NowMs += 120_000;
        disks.Store.RunDueDeletions();
        Assert.Empty(TwoDisks.FoldersOf(disks.A));
    }

    [Fact]
    public async Task A_region_of_the_old_files_is_read_to_its_end()
    {
        using TwoDisks disks = new(new LogConfig { SegmentBytes = 600, FileDeleteDelayMs = 0 });
        disks.Fill(20);
        using FileRegion region = disks.Log.Read(0, 1 << 20, long.MaxValue, atLeastOneBatch: true).Region!;
        byte[] before = new byte[region.Length];
        region.Read(before, 0);
        Assert.True(await disks.MoveAsync(disks.B));
        disks.Store.RunDueDeletions();
        Assert.Empty(TwoDisks.FoldersOf(disks.A));
        byte[] after = new byte[region.Length];
        Assert.Equal(after.Length, region.Read(after, 0));
        Assert.Equal(before, after);
        disks.CheckRecords(20);
    }

    [Fact]
    public async Task What_was_not_flushed_is_so_after_the_move_and_the_checkpoints_say_it()
    {
        using TwoDisks disks = new();
        disks.Fill(20);
        Assert.Equal(0, disks.Log.RecoveryPoint);
        Assert.True(await disks.MoveAsync(disks.B));
        Assert.Equal(20, disks.Log.RecoveryPoint);
        string checkpoint = $"{disks.B.Path}/{CheckpointFile.RecoveryPoint}";
        Assert.Contains($"topic 0 {disks.Log.SegmentBaseOffsets[^1]}", await File.ReadAllLinesAsync(checkpoint));
        Assert.Equal(["0", "0"], await File.ReadAllLinesAsync($"{disks.A.Path}/{CheckpointFile.RecoveryPoint}"));
    }

    [Fact]
    public async Task Producers_known_only_from_a_clean_shutdown_are_known_after_the_next()
    {
        using TwoDisks disks = new(new LogConfig());
        disks.Log.AppendAsLeader(Batches.Of(2, producerId: 7, epoch: 0, sequence: 0), 0, AppendOrigin.Client);
        await disks.RestartAsync();
        Assert.True(await disks.MoveAsync(disks.B));
        await disks.RestartAsync();
        Assert.True(disks.Log.AppendAsLeader(Batches.Of(2, producerId: 7, epoch: 0, sequence: 0), 0, AppendOrigin.Client).IsDuplicate);
    }

    [Fact]
    public async Task An_empty_log_moves()
    {
        using TwoDisks disks = new();
        Assert.True(await disks.MoveAsync(disks.B));
        disks.Append();
        disks.Crash();
        disks.CheckRecords(1);
        Assert.Same(disks.B, disks.Log.Directory);
    }

    [Fact]
    public async Task A_large_active_segment_moves_with_its_indexes()
    {
        using TwoDisks disks = new(new LogConfig { IndexIntervalBytes = 4096 });
        byte[] batch = Batches.Of(1, valueSize: 900_000);
        for (int i = 0; i < 20; i++)
        {
            disks.Log.Append(batch);
        }

        Assert.True(await disks.MoveAsync(disks.B));
        Assert.Equal([0, 20], disks.Log.SegmentBaseOffsets);
        Assert.Equal(19 * 8, new FileInfo($"{disks.Log.Path}/{PartitionFolder.Name(0, ".index")}").Length);
        disks.Log.Append(batch);
        disks.CheckRecords(21);
    }

    [Fact]
    public async Task A_move_to_where_the_log_is_does_nothing()
    {
        using TwoDisks disks = new();
        Assert.Null(disks.Store.Move(disks.Log, disks.A));
        Assert.True(await disks.MoveAsync(disks.B));
        Assert.Null(disks.Store.Move(disks.Log, disks.B));
        Assert.Empty(disks.Store.Moves);
    }

    [Fact]
    public void A_partition_that_comes_later_gets_the_folder_that_was_asked_for()
    {
        using TwoDisks disks = new();
        TopicPartition later = new("later", 4);
        disks.Store.Prefer(later, disks.C);
        Assert.Same(disks.C, disks.Store.Create(later, Guid.NewGuid(), LogConfig.Default).Directory);
    }

    private static object Facts(PartitionLog log) => (
        log.LogStartOffset,
        log.LogEndOffset,
        log.HighWatermark,
        log.LastStableOffset,
        log.SizeInBytes,
        string.Join(',', log.SegmentBaseOffsets),
        string.Join(',', log.LeaderEpochs.Entries),
        string.Join(',', log.AbortedTransactions(0, 100)),
        string.Join(',', log.ReadAll(log.LogStartOffset)),
        log.FindByTimestamp(1_700_000_000_000, 100),
        log.FindMaxTimestamp());

    private static Dictionary<string, byte[]> FilesOf(PartitionLog log) =>
        Directory.GetFiles(log.Path).ToDictionary(path => Path.GetFileName(path), File.ReadAllBytes);
}
