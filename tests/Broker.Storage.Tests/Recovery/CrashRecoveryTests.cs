using KLog.Broker.Storage.Tests.Support;
using KLog.Tests;
using Xunit.Abstractions;

namespace KLog.Broker.Storage.Tests.Recovery;

public class CrashRecoveryTests(ITestOutputHelper output)
{
    private static readonly LogConfig SmallSegments = new() { SegmentBytes = 2000, IndexIntervalBytes = 200 };

    [Fact]
    public void A_log_cut_anywhere_keeps_the_whole_batches_before_the_cut()
    {
        Random random = Seed.Random(output);
        for (int round = 0; round < 15; round++)
        {
            using TestStore test = new(SmallSegments);
            int flushed = random.Next(10);
            Fill(test, 40, random, flushed);
            string active = ActiveFile(test);
            long length = new FileInfo(active).Length;
            long cut = random.NextInt64(length + 1);
            long first = long.Parse(Path.GetFileNameWithoutExtension(active), System.Globalization.CultureInfo.InvariantCulture);
            List<(long Base, long Last)> expected = [.. test.Log.ReadAll(0).Where(batch => batch.Base < first)];
            expected.AddRange(WholeBatches(active, cut));

            test.Crash(() =>
            {
                using FileStream file = new(active, FileMode.Open);
                file.SetLength(cut);
            });
            Assert.Equal(expected, test.Log.ReadAll(0));
            Assert.Equal(expected[^1].Last + 1, test.Log.LogEndOffset);
            test.Log.Append(Batches.Of(1));
            Assert.Equal(expected.Count + 1, test.Log.ReadAll(0).Count);
        }
    }

    [Fact]
    public void A_wrong_bit_after_the_recovery_point_ends_the_log_before_its_batch()
    {
        Random random = Seed.Random(output);
        for (int round = 0; round < 15; round++)
        {
            using TestStore test = new(SmallSegments);
            Fill(test, 40, random, flushed: 0);
            string[] segments = Directory.GetFiles(test.PartitionPath, "*.log");
            Array.Sort(segments, StringComparer.Ordinal);
            string damaged = segments[random.Next(segments.Length)];
            long at = random.NextInt64(new FileInfo(damaged).Length);
            long first = long.Parse(Path.GetFileNameWithoutExtension(damaged), System.Globalization.CultureInfo.InvariantCulture);
            List<(long Base, long Last)> expected = [.. test.Log.ReadAll(0).Where(batch => batch.Base < first)];
            expected.AddRange(WholeBatches(damaged, at));
            int bit = random.Next(8);

            test.Crash(() => Flip(damaged, at, bit));
            List<(long Base, long Last)> found = test.Log.ReadAll(0);

            // The CRC does not cover the base offset and the leader epoch: a batch that is wrong only there may stay.
            Assert.Equal(expected, found.Take(expected.Count));
            Assert.Equal(found.Count == 0 ? 0 : found[^1].Last + 1, test.Log.LogEndOffset);
        }
    }

    [Fact]
    public void A_batch_that_claims_the_next_segments_offsets_ends_the_log()
    {
        using TestStore test = new(SmallSegments);
        Fill(test, 40, new Random(7), flushed: 0);
        string first = Directory.GetFiles(test.PartitionPath, "*.log").Min(StringComparer.Ordinal)!;
        byte[] bytes = File.ReadAllBytes(first);
        List<(long Base, long Last)> batches = [.. Batches.OffsetsOf(bytes)];
        int lastAt = 0;
        for (int i = 0; i < batches.Count - 1; i++)
        {
            lastAt += 12 + System.Buffers.Binary.BinaryPrimitives.ReadInt32BigEndian(bytes.AsSpan(lastAt + 8));
        }

        // The base offset's second byte from the right: 256 and more above the true one. Its CRC does not cover it.
        test.Crash(() => Flip(first, lastAt + 6, 0));
        Assert.Equal(batches[..^1], test.Log.ReadAll(0));
        Assert.Equal(batches[^1].Base, test.Log.LogEndOffset);
        Assert.Equal(batches[^1].Base, test.Log.Append(Batches.Of(1)).BaseOffset);
    }

    [Fact]
    public void Indexes_that_are_missing_cut_or_wrong_are_made_anew()
    {
        Random random = Seed.Random(output);
        for (int round = 0; round < 12; round++)
        {
            using TestStore test = new(SmallSegments);
            Fill(test, 60, random, flushed: 60);
            List<(long, long)> expected = test.Log.ReadAll(0);
            string[] indexes = Directory.GetFiles(test.PartitionPath, round % 2 == 0 ? "*.index" : "*.timeindex");
            string damaged = indexes[random.Next(indexes.Length)];
            test.Crash(() =>
            {
                switch (round / 2 % 3)
                {
                    case 0:
                        File.Delete(damaged);
                        break;
                    case 1:
                        File.WriteAllBytes(damaged, new byte[7]);
                        break;
                    default:
                        byte[] garbage = new byte[120];
                        random.NextBytes(garbage);
                        garbage[^12] = garbage[^8] = garbage[^4] = 0xff;
                        File.WriteAllBytes(damaged, garbage);
                        break;
                }
            });
            Assert.Equal(expected, test.Log.ReadAll(0));
            foreach ((long first, _) in expected)
            {
                Assert.Equal(first, test.Log.ReadAll(first)[0].Item1);
            }
        }
    }

    [Fact]
    public async Task A_clean_shutdown_leaves_kafkas_files()
    {
        using TestStore test = new(SmallSegments);
        Fill(test, 20, new Random(1), flushed: 0);
        long end = test.Log.LogEndOffset;
        test.Log.UpdateHighWatermark(end);
        test.Store.BrokerEpoch = 42;
        await test.Store.DisposeAsync();
        string Text(string name) => File.ReadAllText(Path.Combine(test.Path, name));
        Assert.Equal("{\"version\":0,\"brokerEpoch\":42}", Text(".kafka_cleanshutdown"));
        Assert.Equal($"0\n1\ntopic 0 {end}\n", Text("recovery-point-offset-checkpoint"));
        Assert.Equal($"0\n1\ntopic 0 {end}\n", Text("replication-offset-checkpoint"));
        Assert.Equal("0\n0\n", Text("log-start-offset-checkpoint"));
        Assert.Equal("0\n1\n0 0\n", Text("topic-0/leader-epoch-checkpoint"));
        Assert.Equal("version: 0\ntopic_id: PyuMFJ1QTjybGm0veo4MEQ", Text("topic-0/partition.metadata"));
        Assert.Contains($"{end:D20}.snapshot", test.FileNames);
        await test.RestartAsync();
        Assert.False(File.Exists(Path.Combine(test.Path, ".kafka_cleanshutdown")));
        Assert.Equal(TestStore.TopicId, test.Log.TopicId);
        Assert.Equal((end, end, end), (test.Log.LogEndOffset, test.Log.RecoveryPoint, test.Log.HighWatermark));
    }

    [Fact]
    public async Task Other_folders_and_leftover_files_are_treated_as_kafka_does()
    {
        using TestStore test = new(SmallSegments);
        Fill(test, 5, new Random(1), flushed: 0);
        await test.Store.DisposeAsync();
        foreach (string other in new[] { "topic-0.abc-future", "topic-1.def-stray", "lost+found", "notapartition" })
        {
            Directory.CreateDirectory(Path.Combine(test.Path, other));
        }

        File.WriteAllText(Path.Combine(test.PartitionPath, "00000000000000000007.log.deleted"), "x");
        File.WriteAllText(Path.Combine(test.PartitionPath, "00000000000000000007.index.cleaned"), "x");
        File.WriteAllText(Path.Combine(test.PartitionPath, "00000000000000000099.timeindex"), "x");
        await test.RestartAsync();
        Assert.Equal(1, test.Store.Count);
        Assert.True(Directory.Exists(Path.Combine(test.Path, "topic-0.abc-future")));
        Assert.DoesNotContain(test.FileNames, name => name.Contains(".deleted") || name.Contains(".cleaned") || name.Contains("99.time"));
    }

    [Fact]
    public void A_second_store_is_refused()
    {
        using TestStore test = new();
        LogDirectoryLockedException refused = Assert.Throws<LogDirectoryLockedException>(() => LogStore.Open(
            new LogStoreOptions { Directories = [test.Path] }, test.Time, Microsoft.Extensions.Logging.Abstractions.NullLogger.Instance));
        Assert.Contains(test.Path, refused.Message, StringComparison.Ordinal);
    }

    private static void Fill(TestStore test, int batches, Random random, int flushed)
    {
        for (int i = 0; i < batches; i++)
        {
            test.Log.Append(Batches.Of(1 + random.Next(5), valueSize: random.Next(100)));
            if (i + 1 == flushed)
            {
                test.Log.Flush();
            }
        }
    }

    private static string ActiveFile(TestStore test) =>
        Directory.GetFiles(test.PartitionPath, "*.log").Max(StringComparer.Ordinal)!;

    /// <summary>The batches of a segment that end at or before the position.</summary>
    private static List<(long Base, long Last)> WholeBatches(string path, long position)
    {
        byte[] bytes = File.ReadAllBytes(path);
        List<(long, long)> whole = [];
        int end = 0;
        foreach ((long first, long last) in Batches.OffsetsOf(bytes))
        {
            end += 12 + System.Buffers.Binary.BinaryPrimitives.ReadInt32BigEndian(bytes.AsSpan(end + 8));
            if (end <= position)
            {
                whole.Add((first, last));
            }
        }

        return whole;
    }

    private static void Flip(string path, long at, int bit)
    {
        using FileStream file = new(path, FileMode.Open);
        file.Position = at;
        int value = file.ReadByte();
        file.Position = at;
        file.WriteByte((byte)(value ^ (1 << bit)));
    }
}
