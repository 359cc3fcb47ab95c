using KLog.Broker.Storage.Files;
using KLog.Broker.Storage.Tests.Support;
using KLog.Protocol;
using KLog.Protocol.Records;
using KLog.Tests;
using Xunit.Abstractions;

namespace KLog.Broker.Storage.Tests.Simulated;

/// <summary>Every file of a store, spoilt in every way: a start neither fails nor hangs, and no changed record is served.</summary>
public class DamageTests(ITestOutputHelper output)
{
    private static readonly LogConfig SmallSegments = new() { SegmentBytes = 1500, IndexIntervalBytes = 100 };

    /// <summary>What a batch's CRC does not cover lies before: base offset, length, epoch, magic, CRC.</summary>
    private const int CrcStart = 21;

    [Theory]
    [InlineData(".log")]
    [InlineData(".index")]
    [InlineData(".timeindex")]
    [InlineData(".snapshot")]
    [InlineData(".txnindex")]
    [InlineData("leader-epoch-checkpoint")]
    [InlineData("partition.metadata")]
    [InlineData("recovery-point-offset-checkpoint")]
    [InlineData("replication-offset-checkpoint")]
    [InlineData("log-start-offset-checkpoint")]
    [InlineData(".kafka_cleanshutdown")]
    public async Task A_spoilt_file_costs_no_more_than_what_it_held(string kind)
    {
        Random random = Seed.Random(output);
        for (int round = 0; round < 60; round++)
        {
            SimulatedStore test = new(SmallSegments);
            List<byte[]> appended = Fill(test, random);
            bool isClean = round % 2 == 0 || kind == ".kafka_cleanshutdown";
            if (isClean)
            {
                await test.Store.DisposeAsync();
            }
            else
            {
                test.Log().Flush();
                test.Store.WriteCheckpoints();
            }

            string? damage = Spoil(test.Disk, kind, random);
            test.Crash();
            if (damage is null)
            {
                continue;
            }

            try
            {
                Check(test, appended, kind, random);
            }
            catch (Exception error)
            {
                throw new InvalidOperationException($"{damage}, after a {(isClean ? "clean" : "sudden")} stop: {error.Message}", error);
            }
        }
    }

    [Fact]
    public void A_spoilt_meta_properties_is_told_or_of_no_account()
    {
        Random random = Seed.Random(output);
        for (int round = 0; round < 200; round++)
        {
            SimulatedStore test = new(SmallSegments);
            test.Store.Claim(1, "MkU3OEVBNTcwNTJENDM2Qk");
            string damage = Spoil(test.Disk, "meta.properties", random)!;
            try
            {
                test.Crash();
                test.Store.Claim(1, "MkU3OEVBNTcwNTJENDM2Qk");
            }
            catch (InvalidDataException told)
            {
                Assert.True(told.Message.Contains("/data", StringComparison.Ordinal), $"{damage}: {told.Message}");
            }
        }
    }

    private static List<byte[]> Fill(SimulatedStore test, Random random)
    {
        List<byte[]> appended = [];
        for (int i = 0; i < 40; i++)
        {
            byte[] batch = Batches.Of(i == 0 ? 2 : 1 + random.Next(3), random.Next(100), producerId: 5, epoch: 0, sequence: i == 0 ? 0 : test.Log().Producers.ToList()[0].LastSequence + 1);
            LogAppendResult result = test.Log().AppendAsLeader(batch, i / 10, AppendOrigin.Client);
            Assert.Equal(ErrorCode.None, result.Error);
            appended.Add(batch);
        }

        test.Log().UpdateHighWatermark(test.Log().LogEndOffset);
        test.Log().AdvanceLogStart(1);
        TransactionIndex.Append(test.Disk, $"{test.Log().Path}/{0:D20}.txnindex", new AbortedTransaction(5, 0, 3, 4));
        return appended;
    }

    /// <summary>Null when there is no such file.</summary>
    private static string? Spoil(SimulatedDisk disk, string kind, Random random)
    {
        string[] paths =
        [
            .. new[] { "/data", "/data/t-0" }.Where(disk.FolderExists)
                .SelectMany(folder => disk.ListFiles(folder).Select(file => $"{folder}/{file.Name}"))
                .Where(path => path.EndsWith(kind, StringComparison.Ordinal)),
        ];
        if (paths.Length == 0)
        {
            return null;
        }

        string path = paths[random.Next(paths.Length)];
        using IStorageFile file = disk.Open(path, FileOpening.Existing);
        int at = random.Next((int)file.Length + 1);
        byte[] garbage = new byte[random.Next(1, 200)];
        switch (random.Next(5))
        {
            case 0:
                file.SetLength(at);
                return $"{path} cut to {at} bytes";
            case 1:
                random.NextBytes(garbage);
                file.Write(garbage, at);
                return $"{path} with {garbage.Length} random bytes at {at}";
            case 2:
                file.Write(garbage, at);
                return $"{path} with {garbage.Length} zeroes at {at}";
            case 3:
                disk.DeleteFile(path);
                return $"{path} deleted";
            default:
                byte[] one = new byte[1];
                file.Read(one, at);
                one[0] ^= (byte)(1 << random.Next(8));
                file.Write(one, at);
                return $"{path} with a wrong bit at {at}";
        }
    }

    private static void Check(SimulatedStore test, List<byte[]> appended, string kind, Random random)
    {
        Assert.False(test.Store.Directories[0].IsOffline, test.Store.Directories[0].OfflineReason);
        PartitionLog log = test.Log();
        HashSet<string> known = [.. appended.Select(batch => Convert.ToHexString(batch.AsSpan(CrcStart)))];
        for (long offset = log.LogStartOffset; offset < log.LogEndOffset; offset++)
        {
            LogReadResult read = log.Read(offset, random.Next(1, 3000), long.MaxValue, atLeastOneBatch: true);
            Assert.Equal(ErrorCode.None, read.Error);
            byte[] bytes = read.Region?.Bytes() ?? [];
            BatchSplitter batches = new(bytes);
            while (batches.MoveNext())
            {
                // What a consumer would take: it looks at the CRC.
                RecordBatchView batch = batches.Current;
                Assert.True(
                    !batch.IsCrcValid() || known.Contains(Convert.ToHexString(bytes.AsSpan(batches.Position + CrcStart, batch.SizeInBytes - CrcStart))), $"a changed batch at {offset}");
            }
        }

        if (kind is not (".log" or "log-start-offset-checkpoint"))
        {
            Assert.Equal(appended.Count, log.ReadAll(log.LogStartOffset).Count);
            foreach ((long first, _) in log.ReadAll(log.LogStartOffset))
            {
                long offset = Math.Max(first, log.LogStartOffset);
                Assert.Equal(first, new RecordBatchView(log.Read(offset, 1, long.MaxValue, atLeastOneBatch: true).Region!.Bytes()).BaseOffset);
            }
        }

        log.FindByTimestamp(1_700_000_000_001, long.MaxValue);
        log.FindMaxTimestamp();
        log.AbortedTransactions(0, 100);
        log.DeleteOldSegments();
        long end = log.LogEndOffset;
        Assert.Equal(end, log.Append(Batches.Of(2)).BaseOffset);
        log.Flush();
        Assert.Equal(end, log.ReadAll(end)[0].Base);
        Assert.False(log.Directory.IsOffline, log.Directory.OfflineReason);
    }
}
