using KLog.Broker.Storage.Tests.Support;
using KLog.Protocol;

namespace KLog.Broker.Storage.Tests.Compaction;

public class CleanerTests
{
    [Fact]
    public void The_last_record_of_each_key_stays_and_the_active_segment_is_left_alone()
    {
        using TestStore test = CompactedLog.Open();
        test.Put("a=1", "b=1", "a=2");
        test.Roll();
        test.Put("a=3", "b=2", "b=3");
        Assert.Equal(1, test.CleanAll());
        Assert.Equal(["b=1", "a=2", "a=3", "b=2", "b=3"], test.Contents());
        Assert.Equal(3, test.Log.CleanOffset);
        test.Roll();
        Assert.Equal(1, test.CleanAll());
        Assert.Equal(["a=3", "b=3"], test.Contents());
        Assert.Equal((6, 0, 6), (test.Log.LogEndOffset, test.Log.LogStartOffset, test.Log.CleanOffset));
    }

    [Fact]
    public void Small_neighbours_become_one_segment()
    {
        using TestStore test = CompactedLog.Open();
        for (int i = 0; i < 40; i++)
        {
            test.Put($"key-{i % 3}=value-{i}");
        }

        int before = test.Log.SegmentCount;
        test.Log.Config = CompactedLog.Config with { SegmentBytes = 100_000 };
        test.CleanAll();
        test.Put("x=1");
        test.Roll();
        test.CleanAll();
        Assert.True(before > 10);
        Assert.Equal(2, test.Log.SegmentCount);
        test.Store.RunDueDeletions();
        Assert.DoesNotContain(test.FileNames, name => name.EndsWith(".swap", StringComparison.Ordinal) || name.EndsWith(".cleaned", StringComparison.Ordinal));
        test.Time.NowMs += 2 * test.Log.Config.FileDeleteDelayMs;
        test.Store.RunDueDeletions();
        Assert.Equal(2, test.FileNames.Count(name => name.EndsWith(".log", StringComparison.Ordinal)));
        Assert.DoesNotContain(test.FileNames, name => name.EndsWith(".deleted", StringComparison.Ordinal));
        Assert.Equal(["key-0=value-39", "x=1"], test.Contents().Where(record => record[^1] is '9' or '1'));
    }

    [Fact]
    public void A_deletion_goes_when_its_horizon_is_past()
    {
        using TestStore test = CompactedLog.Open();
        test.Put("a=1", "a", "b=1");
        test.Roll();
        test.CleanAll();
        Assert.Equal(["a", "b=1"], test.Contents());
        StoredBatch deletion = LogContents.Read(test.Log)[0];
        Assert.Equal((true, test.Time.NowMs + CompactedLog.Hour), (deletion.HasHorizon, deletion.BaseTimestamp));
        test.Time.NowMs += CompactedLog.Hour - 1;
        test.Put("c=1");
        test.Roll();
        test.CleanAll();
        Assert.Equal(["a", "b=1", "c=1"], test.Contents());
        test.Time.NowMs += 1;
        test.Put("c=2");
        test.Roll();
        test.CleanAll();
        Assert.Equal(["b=1", "c=2"], test.Contents());
    }

    [Fact]
    public void A_full_map_ends_the_cleaning_there_and_the_next_goes_on()
    {
        using TestStore test = CompactedLog.Open();
        for (int i = 0; i < 60; i++)
        {
            test.Put($"key-{i % 30}={i}");
        }

        test.Roll();
        test.Store.Cleaner = new CleanerOptions { DedupeBufferBytes = 10 * OffsetMap.SlotBytes };
        Assert.True(test.Store.CleanDirtiest());
        Assert.Equal(9, test.Log.CleanOffset);
        Assert.True(test.CleanAll() > 3);
        Assert.Equal(Enumerable.Range(30, 30).Select(i => $"key-{i % 30}={i}"), test.Contents());
    }

    [Fact]
    public void What_is_too_young_waits_and_what_is_overdue_does_not()
    {
        using TestStore test = CompactedLog.Open(CompactedLog.Config with { MinCompactionLagMs = CompactedLog.Hour });
        test.Put("a=1", "a=2");
        test.Roll();
        test.Put("a=3");
        Assert.Equal(0, test.CleanAll());
        test.Time.NowMs += CompactedLog.Hour;
        Assert.Equal(1, test.CleanAll());
        Assert.Equal(["a=2", "a=3"], test.Contents());

        test.Log.Config = CompactedLog.Config with { MinCleanableDirtyRatio = 1, MaxCompactionLagMs = CompactedLog.Hour };
        test.Roll();
        test.Put("b=1");
        Assert.Equal(0, test.CleanAll());
        test.Time.NowMs += CompactedLog.Hour + 1;
        Assert.Equal(1, test.CleanAll());
        Assert.Equal(["a=3", "b=1"], test.Contents());
    }

    [Fact]
    public void Nothing_is_cleaned_above_the_high_watermark_or_an_open_transaction()
    {
        using TestStore test = CompactedLog.Open();
        test.Put("a=1", "a=2");
        test.Roll();
        test.Log.Put("a=undecided", test.Time.NowMs, producerId: 5, sequence: 0);
        test.Roll();
        test.Put("a=3");
        test.Roll();
        test.CleanAll();
        Assert.Equal(2, test.Log.CleanOffset);
        Assert.Equal([1L, 2L, 3L], LogContents.Read(test.Log).Select(batch => batch.BaseOffset));
    }

    [Fact]
    public void A_damaged_log_is_marked_and_the_others_go_on()
    {
        using TestStore test = CompactedLog.Open();
        test.Put("a=1", "a=2");
        test.Roll();
        PartitionLog other = test.Store.Create(new TopicPartition("other", 0), Guid.NewGuid(), CompactedLog.Config);
        string file = Path.Combine(test.PartitionPath, "00000000000000000000.log");
        using (FileStream stream = new(file, FileMode.Open))
        {
            stream.Position = 100;
            stream.WriteByte(0x55);
        }

        other.Put("x=1", test.Time.NowMs);
        other.Put("x=2", test.Time.NowMs);
        other.Roll();
        test.CleanAll();
        PartitionLog marked = Assert.Single(test.Store.UncleanableLogs);
        Assert.Equal(test.Log, marked);
        Assert.Contains("CRC", marked.UncleanableReason, StringComparison.Ordinal);
        Assert.Equal(2, other.CleanOffset);
        Assert.False(test.Store.Directories[0].IsOffline);
        Assert.DoesNotContain(test.FileNames, name => name.EndsWith(".cleaned", StringComparison.Ordinal));
    }

    [Fact]
    public void A_segment_with_older_messages_is_left_alone_and_no_deletion_goes_while_it_is_there()
    {
        using TestStore test = CompactedLog.Open();
        test.Put("a=1", "b=1");
        test.Roll();
        test.Put("a=2", "b");
        test.Roll();
        string file = Path.Combine(test.PartitionPath, "00000000000000000000.log");
        byte[] old = Batches.Join(
            OldMessageSets.Message(1, 0, "a"u8.ToArray(), "1"u8.ToArray()), OldMessageSets.Message(1, 1, "b"u8.ToArray(), "1"u8.ToArray()));
        test.Crash(() => File.WriteAllBytes(file, old));
        test.Log.UpdateHighWatermark(4);
        test.CleanAll();
        test.Time.NowMs += 2 * CompactedLog.Hour;
        test.Put("c=1");
        test.Roll();
        test.CleanAll();
        Assert.Equal(5, test.Log.CleanOffset);
        Assert.Equal(old, File.ReadAllBytes(file));
        Assert.Empty(test.Store.UncleanableLogs);
        List<(long, long)> kept = [.. Directory.GetFiles(test.PartitionPath, "*.log").Order(StringComparer.Ordinal).Skip(1)
            .SelectMany(path => Batches.OffsetsOf(File.ReadAllBytes(path)))];
        Assert.Equal([(2L, 2L), (3L, 3L), (4L, 4L)], kept);
    }

    [Fact]
    public void A_truncation_takes_the_checkpoint_back_and_spoils_a_cleaning_that_runs()
    {
        WatchedFileSystem files = new();
        using TestStore test = CompactedLog.Open(files: files);
        test.Put("a=1", "b=1");
        test.Roll();
        test.Put("a=2");
        test.Roll();
        files.OnChange = (what, path) =>
        {
            if (path.EndsWith(".log.cleaned", StringComparison.Ordinal) && what == "write")
            {
                files.OnChange = null;
                test.Log.TruncateTo(2);
            }
        };
        test.CleanAll();
        Assert.Equal(["a=1", "b=1"], test.Contents());
        test.Roll();
        test.Put("c=1");
        test.Time.NowMs += 60_000;
        test.CleanAll();
        Assert.Equal(2, test.Log.CleanOffset);
        test.Log.TruncateTo(1);
        Assert.Equal(1, test.Log.CleanOffset);
        Assert.Empty(test.Store.UncleanableLogs);
    }

    [Fact]
    public async Task The_checkpoint_survives_and_a_topic_may_change_its_policy()
    {
        using TestStore test = CompactedLog.Open();
        test.Put("a=1", "a=2");
        test.Roll();
        test.CleanAll();
        string[] lines = File.ReadAllLines(Path.Combine(test.Path, "cleaner-offset-checkpoint"));
        Assert.Equal(["0", "1", "topic 0 2"], lines);
        await test.RestartAsync();
        Assert.Equal(2, test.Log.CleanOffset);
        test.Put("a=3");
        test.Roll();
        test.Log.Config = CompactedLog.Config with { CleanupPolicy = CleanupPolicy.Delete };
        Assert.Equal(0, test.CleanAll());
        test.Log.Config = CompactedLog.Config with { CleanupPolicy = CleanupPolicy.Delete | CleanupPolicy.Compact, RetentionMs = CompactedLog.Hour };
        Assert.Equal(1, test.CleanAll());
        Assert.Equal(["a=3"], test.Contents());
        test.Put("b=1");
        test.Time.NowMs += CompactedLog.Hour + 1;
        test.Put("c=1");
        test.Log.DeleteOldSegments();
        Assert.Equal(["b=1", "c=1"], test.Contents());
    }

    [Fact]
    public void Readers_of_a_replaced_segment_go_on()
    {
        using TestStore test = CompactedLog.Open();
        test.Put("a=1", "b=1", "a=2");
        test.Roll();
        using FileRegion region = test.Log.Read(0, 1 << 20, long.MaxValue, true).Region!;
        byte[] before = new byte[region.Length];
        region.Read(before, 0);
        test.CleanAll();
        test.Time.NowMs += 120_000;
        test.Store.RunDueDeletions();
        byte[] after = new byte[region.Length];
        Assert.Equal(after.Length, region.Read(after, 0));
        Assert.Equal(before, after);
        Assert.Equal(["b=1", "a=2"], test.Contents());
    }

    [Fact]
    public void A_full_disk_leaves_the_log_as_it_is_and_is_tried_again()
    {
        WatchedFileSystem files = new();
        using TestStore test = CompactedLog.Open(files: files);
        test.Put("a=1", "a=2", "a=3");
        test.Roll();
        files.OnChange = (what, path) =>
        {
            if (path.EndsWith(".cleaned", StringComparison.Ordinal) && what == "write")
            {
                throw new IOException("injected", FaultyFileSystem.NoSpace);
            }
        };
        test.CleanAll();
        files.OnChange = null;
        Assert.Equal(["a=1", "a=2", "a=3"], test.Contents());
        Assert.False(test.Log.Directory.IsOffline);
        test.Time.NowMs += 60_000;
        test.CleanAll();
        Assert.Equal(["a=3"], test.Contents());
        Assert.Empty(test.Store.UncleanableLogs);
    }
}
