using KLog.Broker.Storage.Files;
using KLog.Broker.Storage.Inspection;
using KLog.Broker.Storage.Tests.Support;
using KLog.Protocol.Records;
using KLog.Tests;
using Xunit.Abstractions;

namespace KLog.Broker.Storage.Tests.Inspection;

/// <summary>Whatever stands in a file, a verification and a dump come to their end, and a file of chance is a damage.</summary>
public sealed class FuzzedFilesTests(ITestOutputHelper output) : IDisposable
{
    private readonly TestStore _test = new(InspectedLog.Config);

    public void Dispose() => _test.Dispose();

    [Fact]
    public async Task Files_of_random_bytes_and_files_with_random_changes()
    {
        Random random = Seed.Random(output);
        InspectedLog.Fill(_test, random, 40);
        await _test.Store.DisposeAsync();
        Dictionary<string, byte[]> good = InspectedLog.Content(_test.Path);
        for (int round = 0; round < 8; round++)
        {
            foreach ((string file, byte[] bytes) in good.Where(file => !file.Key.EndsWith(".lock", StringComparison.Ordinal)))
            {
                bool isRandom = round % 2 == 0;
                File.WriteAllBytes(file, isRandom ? RandomBytes(random) : Changed(bytes, random));
                (_, VerifySummary summary) = InspectedLog.Verify(_test.Path);
                bool hasCheck = !file.EndsWith(".log", StringComparison.Ordinal) || new FileInfo(file).Length > 0;
                Assert.True(!isRandom || summary.Damages > 0 || !hasCheck, file);
                Assert.True(FileDump.TryShow(DiskFileSystem.Instance, file, DumpDepth.Records, new DumpRecorder()));
                File.WriteAllBytes(file, bytes);
            }
        }
    }

    [Fact]
    public void Batches_whose_CRC_fits_what_is_wrong_in_them()
    {
        Random random = Seed.Random(output);
        string segment = Path.Combine(_test.PartitionPath, "00000000000000000000.log");
        _ = _test.Log;
        byte[] good = Batches.Of(5, 60, compression: CompressionType.Gzip);
        for (int round = 0; round < 300; round++)
        {
            byte[] batch = round % 3 == 0 ? Batches.Of(4, 30) : (byte[])good.Clone();
            for (int change = random.Next(1, 4); change > 0; change--)
            {
                batch[random.Next(21, batch.Length)] = (byte)random.Next(256);
            }

            RecordBatchFields.SetCrc(batch);
            File.WriteAllBytes(segment, batch);
            InspectedLog.Verify(_test.Path);
            DumpRecorder.Show(segment, DumpDepth.Records);
        }
    }

    private static byte[] RandomBytes(Random random)
    {
        byte[] bytes = new byte[random.Next(1, 300)];
        random.NextBytes(bytes);
        return bytes;
    }

    private static byte[] Changed(byte[] bytes, Random random)
    {
        byte[] changed = bytes[..random.Next(bytes.Length + 1)];
        for (int change = random.Next(4); change > 0 && changed.Length > 0; change--)
        {
            changed[random.Next(changed.Length)] = (byte)random.Next(256);
        }

        return changed;
    }
}
