using KLog.Broker.Storage.Inspection;
using KLog.Broker.Storage.Tests.Compaction;
using KLog.Broker.Storage.Tests.Support;
using KLog.Protocol.Records;
using KLog.Tests;
using Xunit.Abstractions;

namespace KLog.Broker.Storage.Tests.Inspection;

public class GoodFolderTests(ITestOutputHelper output)
{
    [Fact]
    public async Task Nothing_is_found_in_random_logs_open_closed_or_crashed()
    {
        Random random = Seed.Random(output);
        for (int round = 0; round < 6; round++)
        {
            using TestStore test = new(InspectedLog.Config);
            InspectedLog.Fill(test, random, random.Next(1, 200));
            NoDamage(test.Path);
            test.Store.WriteCheckpoints();
            NoDamage(test.Path);
            await test.Store.DisposeAsync();
            InspectedLog.IsWhole(test.Path);
            InspectedLog.IsWhole(test.PartitionPath);
            await test.RestartAsync();
            test.Crash();
            NoDamage(test.Path);
            await test.Store.DisposeAsync();
            InspectedLog.IsWhole(test.Path);
        }
    }

    [Fact]
    public async Task Gaps_between_offsets_and_a_later_start_are_no_damage()
    {
        using TestStore test = new(InspectedLog.Config);
        long offset = 0;
        for (int i = 0; i < 200; i++)
        {
            byte[] batch = Batches.Of(3, timestampMs: test.Time.NowMs + i);
            RecordBatchFields.SetBaseOffset(batch, offset);
            RecordBatchFields.SetPartitionLeaderEpoch(batch, i / 40);
            Assert.Equal(Protocol.ErrorCode.None, test.Log.AppendAsFollower(batch).Error);
            offset += 3 + (i % 7);
        }

        test.Log.UpdateHighWatermark(long.MaxValue);
        test.Log.AdvanceLogStart(test.Log.SegmentBaseOffsets[1] + 50);
        test.Log.DeleteOldSegments();
        await test.Store.DisposeAsync();
        NoDamage(test.Path);
    }

    [Fact]
    public async Task Logs_that_were_compacted_are_no_damage()
    {
        Random random = Seed.Random(output);
        using TestStore test = new(new LogConfig
        {
            CleanupPolicy = CleanupPolicy.Compact,
            SegmentBytes = 3_000,
            IndexIntervalBytes = 300,
            DeleteRetentionMs = 60_000,
            MinCleanableDirtyRatio = 0.1,
        });
        ModelledLog model = new(test, random);
        for (int round = 0; round < 10; round++)
        {
            for (int i = 0; i < 60; i++)
            {
                model.Step();
            }

            model.EndAll();
            while (test.Store.CleanDirtiest())
            {
                NoDamage(test.Path);
            }

            test.Time.NowMs += 120_000;
        }

        Assert.True(test.Log.CleanOffset > 0);
        await test.Store.DisposeAsync();
        NoDamage(test.Path);
    }

    [Fact]
    public async Task Nothing_is_changed()
    {
        using TestStore test = new(InspectedLog.Config);
        InspectedLog.Fill(test, new Random(1));
        await test.Store.DisposeAsync();
        Dictionary<string, byte[]> before = InspectedLog.Content(test.Path);
        InspectedLog.IsWhole(test.Path);
        Assert.Equal(before, InspectedLog.Content(test.Path));
    }

    [Fact]
    public void A_torn_batch_at_the_end_of_a_crashed_log_is_a_note()
    {
        using TestStore test = new(InspectedLog.Config);
        InspectedLog.Fill(test, new Random(2));
        test.Log.Flush();
        test.Store.WriteCheckpoints();
        string segment = Directory.GetFiles(test.PartitionPath, "*.log").Max(StringComparer.Ordinal)!;
        long size = new FileInfo(segment).Length;
        foreach (int torn in new[] { 5, 40, 150 })
        {
            using (FileStream file = new(segment, FileMode.Append, FileAccess.Write, FileShare.ReadWrite))
            {
                file.Write(Batches.Of(10, 100).AsSpan(0, torn));
            }

            (List<Finding> findings, VerifySummary summary) = InspectedLog.Verify(test.Path);
            Finding note = Assert.Single(findings);
            Assert.Equal((FindingKind.Note, segment, test.Log.LogEndOffset, size), (note.Kind, note.File, note.Offset, note.Position));
            Assert.Equal(0, summary.Damages);
            using FileStream back = new(segment, FileMode.Open, FileAccess.Write, FileShare.ReadWrite);
            back.SetLength(size);
        }
    }

    [Fact]
    public void Neither_a_data_folder_nor_a_partitions_is_said_so()
    {
        using TemporaryFolder folder = new();
        Assert.False(new FolderVerification(Files.DiskFileSystem.Instance, new VerifyOptions()).TryAdd(folder.Path));
    }

    private static void NoDamage(string path)
    {
        (List<Finding> findings, _) = InspectedLog.Verify(path);
        Assert.DoesNotContain(findings, finding => finding.Kind == FindingKind.Damage);
    }
}
