using System.Text;
using KLog.Broker.Storage.Files;
using KLog.Broker.Storage.Inspection;
using KLog.Broker.Storage.Tests.Support;
using KLog.Protocol.Records;

namespace KLog.Broker.Storage.Tests.Inspection;

public sealed class DumpTests : IDisposable
{
    private readonly TestStore _test = new(InspectedLog.Config);

    public void Dispose() => _test.Dispose();

    [Fact]
    public async Task Every_file_of_a_folder_is_shown_whole()
    {
        InspectedLog.Fill(_test, new Random(3));
        long end = _test.Log.LogEndOffset;
        await _test.Store.DisposeAsync();
        long records = 0;
        HashSet<string> kinds = [];
        string[] known = [.. Directory.GetFiles(_test.Path, "*", SearchOption.AllDirectories).Where(file => !file.EndsWith(".lock", StringComparison.Ordinal))];
        foreach (string file in known)
        {
            DumpRecorder shown = DumpRecorder.Show(file, DumpDepth.Records);
            Assert.Empty(shown.Damages);
            records += shown.Count("record");
            kinds.Add(shown.What!);
            Assert.All(shown.Column("batch", "crc"), crc => Assert.Equal("ok", crc));
        }

        Assert.Equal(end, records);
        Assert.Equal(
            ["clean shutdown", "leader epochs", "offset index", "offsets of partitions", "producer snapshot", "segment", "time index", "topic id", "transaction index"],
            kinds.Order(StringComparer.Ordinal));
        Assert.False(FileDump.TryShow(DiskFileSystem.Instance, Path.Combine(_test.Path, ".lock"), DumpDepth.Batches, new DumpRecorder()));
    }

    [Theory]
    [InlineData(CompressionType.None)]
    [InlineData(CompressionType.Zstd)]
    public void Keys_values_and_headers_are_shown_and_large_ones_cut(CompressionType codec)
    {
        using RecordBatchBuilder builder = new(codec);
        byte[] large = new byte[3 << 20];
        large.AsSpan().Fill((byte)'x');
        builder.Append(5, "k"u8.ToArray(), null, [new("h", "v"u8.ToArray()), new("n", (byte[]?)null)]);
        builder.Append(6, null, large);
        builder.Append(7, "last"u8.ToArray(), "é\n"u8.ToArray());
        string file = Path.Combine(_test.Path, "00000000000000000007.log.deleted");
        byte[] batch = builder.ToArray();
        RecordBatchFields.SetBaseOffset(batch, 7);
        File.WriteAllBytes(file, batch);
        DumpRecorder shown = DumpRecorder.Show(file, DumpDepth.Records);
        Assert.Empty(shown.Damages);
        Assert.Equal([7L, 8L, 9L], shown.Column("record", "offset"));
        Assert.Equal(["6B", null, Convert.ToHexString("last"u8)], shown.Column("record", "key"));
        object?[] values = [.. shown.Column("record", "value")];
        Assert.Null(values[0]);
        Assert.EndsWith($"78 of {large.Length}", (string?)values[1], StringComparison.Ordinal);
        Assert.Equal(Convert.ToHexString(Encoding.UTF8.GetBytes("é\n")), values[2]);
        Assert.Equal("68=76,6E=", shown.Column("record", "headers").First());
        Assert.Equal(["6B", null, Convert.ToHexString("last"u8)], DumpRecorder.Show(file, DumpDepth.Keys).Column("record", "key"));
    }

    [Fact]
    public void A_damaged_segment_is_shown_up_to_the_damage_and_behind_a_wrong_CRC()
    {
        byte[][] batches = [Batches.Of(2), Batches.Of(3), Batches.Of(1)];
        string file = Path.Combine(_test.Path, "00000000000000000000.log");
        byte[] bytes = [.. Batches.Join(batches), .. batches[0][..50]];
        bytes[batches[0].Length + 70] ^= 1;
        File.WriteAllBytes(file, bytes);
        DumpRecorder shown = DumpRecorder.Show(file, DumpDepth.Records);
        Assert.Equal(["ok", "BAD", "ok"], shown.Column("batch", "crc"));
        Assert.Equal(3, shown.Count("record"));
        Assert.Equal([batches[0].Length, batches.Sum(batch => batch.Length)], shown.Damages.Select(damage => (int)damage.Position));
        Assert.Contains("beyond the file's end", shown.Damages[1].What, StringComparison.Ordinal);
    }
}
