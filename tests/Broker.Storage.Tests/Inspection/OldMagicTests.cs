using KLog.Broker.Storage.Files;
using KLog.Broker.Storage.Inspection;
using KLog.Broker.Storage.Tests.Support;
using KLog.Protocol;
using KLog.Protocol.Records;

namespace KLog.Broker.Storage.Tests.Inspection;

/// <summary>Segments from before KIP-98 are recovered by their own CRC, read unconverted, verified and shown.</summary>
public class OldMagicTests
{
    private static readonly byte[] Value = [1, 2, 3, 4, 5];

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    public void A_wrong_bit_ends_the_log_before_its_message(int magic)
    {
        using TestStore test = new();
        byte[][] messages = [.. Enumerable.Range(0, 20).Select(i => OldMessageSets.Message(magic, i, [(byte)i], Value))];
        _ = test.Log;
        test.Crash(() => Write(test, Batches.Join(messages)));
        Assert.Equal(20, test.Log.LogEndOffset);
        Assert.Equal(Batches.Join(messages), Read(test));
        test.Crash(() =>
        {
            byte[] damaged = Batches.Join(messages);
            damaged[(12 * messages[0].Length) + 30] ^= 4;
            Write(test, damaged);
        });
        Assert.Equal(12, test.Log.LogEndOffset);
        Assert.Equal(Batches.Join(messages[..12]), Read(test));
        test.Log.Append(Batches.Of(1));
        Assert.Equal(13, test.Log.LogEndOffset);
    }

    [Fact]
    public async Task They_are_verified_and_shown_with_what_is_compressed_in_them()
    {
        using TestStore test = new();
        byte[][] messages =
        [
            OldMessageSets.Message(0, 0, "k"u8.ToArray(), Value),
            OldMessageSets.Compressed(0, CompressionType.Gzip, 1, Value, Value),
            OldMessageSets.Message(1, 3, null, null),
            OldMessageSets.Compressed(1, CompressionType.Snappy, 4, Value, Value, Value),
            OldMessageSets.Compressed(1, CompressionType.Lz4, 7, Value),
        ];
        _ = test.Log;
        test.Crash(() => Write(test, Batches.Join(messages)));
        Assert.Equal(8, test.Log.LogEndOffset);
        await test.Store.DisposeAsync();
        InspectedLog.IsWhole(test.Path);
        DumpRecorder shown = DumpRecorder.Show(Segment(test), DumpDepth.Records);
        Assert.Empty(shown.Damages);
        Assert.Equal(Enumerable.Range(0, 8).Select(i => (object)(long)i), shown.Column("record", "offset"));
        Assert.Equal([0, 0, 1, 1, 1], shown.Column("batch", "magic"));
        Assert.Equal(["none", "gzip", "none", "snappy", "lz4"], shown.Column("batch", "codec"));
        Assert.Equal(["0102030405", null, "0102030405"], shown.Column("record", "value").Skip(2).Take(3));

        byte[] bytes = File.ReadAllBytes(Segment(test));
        bytes[messages[0].Length + 40] ^= 1;
        File.WriteAllBytes(Segment(test), bytes);
        Finding damage = InspectedLog.Verify(test.Path).Findings.First(finding => finding.Kind == FindingKind.Damage);
        Assert.Equal((Segment(test), (long)messages[0].Length), (damage.File, damage.Position));
    }

    private static string Segment(TestStore test) => Path.Combine(test.PartitionPath, "00000000000000000000.log");

    private static void Write(TestStore test, byte[] segment)
    {
        File.WriteAllBytes(Segment(test), segment);
        File.Delete(Path.ChangeExtension(Segment(test), ".index"));
        File.Delete(Path.ChangeExtension(Segment(test), ".timeindex"));
    }

    private static byte[] Read(TestStore test)
    {
        LogReadResult read = test.Log.Read(0, 1 << 20, long.MaxValue, atLeastOneBatch: true);
        Assert.Equal(ErrorCode.None, read.Error);
        return read.Region!.Bytes();
    }
}
