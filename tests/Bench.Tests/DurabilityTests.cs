using System.Text;
using KLog.Bench.Throughput.Brokers;
using KLog.Bench.Throughput.Disk;
using KLog.Bench.Throughput.Load;
using KLog.Bench.Throughput.Statistics;
using KLog.Bench.Throughput.Workloads;
using KLog.Bench.Throughput.Workloads.Durability;
using KLog.Protocol.Records;

namespace KLog.Bench.Tests;

public sealed class DurabilityTests
{
    [Theory]
    [InlineData(60, 100, 200.0, 60)]
    [InlineData(60, 200, 100.0, 60)]
    [InlineData(60, 240, null, 25)]
    public void Flushing_is_measured_against_the_lesser_of_its_bounds(double flushed, double unflushed, double? plain, double expected)
    {
        Assert.Equal(expected, FlushCost.PercentOfLesser(flushed, unflushed, plain));
    }

    [Fact]
    public void A_flushed_wait_is_measured_against_the_sum_of_its_parts()
    {
        Assert.Equal(1.2, FlushCost.WaitRatio(flushed: 0.6, unflushed: 0.2, bare: 0.3), precision: 9);
    }

    [Fact]
    public void A_checkpoint_tells_a_partition_from_those_with_similar_names()
    {
        string[] lines = ["0", "4", "topic 10 7", "topic-1 1 8", "topic 1 9", "other 1 10"];
        Assert.Equal(9, PartitionFiles.CheckpointedOffset(lines, "topic", 1));
        Assert.Null(PartitionFiles.CheckpointedOffset(lines, "topic", 0));
        Assert.Null(PartitionFiles.CheckpointedOffset([], "topic", 1));
    }

    [Fact]
    public void A_segments_name_tells_its_base_offset()
    {
        Assert.Equal(1234, PartitionFiles.BaseOffset("/data/topic-0/00000000000000001234.log"));
    }

    [Fact]
    public void A_batch_with_other_keys_stays_one_that_the_broker_accepts()
    {
        KeyedBatch batch = new(records: 300, valueBytes: 40, timestampMs: 0);
        batch.Rekey(new Random(1), keys: 10);
        byte[] first = [.. batch.Bytes];
        batch.Rekey(new Random(2), keys: 10);
        Assert.NotEqual(first, batch.Bytes);
        Assert.Equal(first.Length, batch.Bytes.Length);
        Assert.True(new RecordBatchView(batch.Bytes).IsCrcValid());
    }

    [Fact]
    public void Each_key_is_where_the_template_says()
    {
        BatchTemplate template = new(records: 300, valueBytes: 40, CompressionType.None, timestampMs: 0, keyBytes: 8);
        Assert.Equal(300, template.KeysAt.Count);

        // Before a key of 8 bytes stands its length as a zigzag varint, after it that of the value of 40.
        Assert.All(template.KeysAt, at => Assert.Equal((16, 80), (template.Bytes[at - 1], template.Bytes[at + 8])));
        Assert.All(template.KeysAt, at => Assert.Equal(new byte[8], template.Bytes[at..(at + 8)]));
    }

    [Fact]
    public void The_disks_own_loops_count_what_they_synced_and_leave_nothing()
    {
        string folder = Directory.CreateTempSubdirectory("klog-bench-probe").FullName;
        DiskProbeOutcome outcome = DiskProbe.Run(folder, files: 2, appendBytes: 4096, TimeSpan.FromMilliseconds(300));
        Assert.True(outcome.Waits.Count >= 1);
        Assert.Equal(outcome.Waits.Count * 4096, outcome.Bytes);
        Assert.Empty(Directory.EnumerateFiles(folder));
        Directory.Delete(folder);
    }

    [Fact]
    public void A_file_that_was_read_is_in_the_page_cache()
    {
        string path = Path.GetTempFileName();
        File.WriteAllBytes(path, Encoding.ASCII.GetBytes(new string('x', 3 * Environment.SystemPageSize)));
        PageCache.Load([path]);
        Assert.Equal(3 * Environment.SystemPageSize, PageCache.ResidentBytes(path));
        File.Delete(path);
    }

    [Fact]
    public void The_long_workloads_run_only_when_they_or_their_group_are_named()
    {
        Assert.Equal(DurabilityCatalog.Workloads, WorkloadCatalog.Named("durability"));
        Assert.Equal("cold", Assert.Single(WorkloadCatalog.Named("cold")).Name);
        Assert.Empty(WorkloadCatalog.Named("nothing"));
        Assert.Empty(WorkloadCatalog.Default(quick: false).Intersect(DurabilityCatalog.Workloads));
    }
}
