namespace KLog.Cli.Tests;

/// <summary>klog dump and klog verify on a folder with one segment of two records.</summary>
public sealed class InspectionCommandTests : IDisposable
{
    private const string TwoRecords =
        "0000000000000000000000470000000002677667930000000000010000018bcfe568000000018bcfe56800ffffffffffffffffffffffffffff"
        + "0000000214000000046b310476310014000002046b3204763200";

    private readonly CommandLineRun _klog = new();
    private readonly string _segment;

    public InspectionCommandTests()
    {
        string partition = Directory.CreateDirectory(Path.Combine(_klog.Folder, "t-0")).FullName;
        _segment = Path.Combine(partition, "00000000000000000000.log");
        File.WriteAllBytes(_segment, Convert.FromHexString(TwoRecords));
    }

    public void Dispose() => _klog.Dispose();

    [Fact]
    public async Task A_dump_is_a_table_or_one_object_a_line()
    {
        (int exitCode, string output, string errors) = await _klog.RunAsync("dump", "--records", _segment);
        Assert.Equal((0, ""), (exitCode, errors));
        Assert.Equal(
            [
                $"{_segment}: segment",
                "baseOffset  lastOffset  position  size  magic  records  codec              maxTimestamp  producerId  producerEpoch  baseSequence  lastSequence  leaderEpoch  flags  crc",
                "         0           1         0    83      2        2  none   2023-11-14T22:13:20.000Z           -              -             -             -            0      -  ok",
                "    offset 0  timestamp 2023-11-14T22:13:20.000Z  key \"k1\"  value \"v1\"",
                "    offset 1  timestamp 2023-11-14T22:13:20.000Z  key \"k2\"  value \"v2\"",
            ],
            CommandLineRun.Lines(output));
        (exitCode, output, _) = await _klog.RunAsync("dump", "--keys", "--json", _segment);
        Assert.Equal(0, exitCode);
        Assert.Equal(
            $$"""{"kind":"record","file":"{{_segment}}","offset":1,"key":"k2"}""", CommandLineRun.Lines(output)[^1]);
    }

    [Fact]
    public async Task A_damaged_file_is_shown_and_the_exit_code_is_1()
    {
        File.WriteAllBytes(_segment, [.. Convert.FromHexString(TwoRecords), 1, 2, 3]);
        (int exitCode, string output, _) = await _klog.RunAsync("dump", _segment, "no-such-file.log", _klog.Folder);
        Assert.Equal(1, exitCode);
        Assert.Equal("! position 83: the file ends within a batch's header: 3 bytes from here on cannot be read", CommandLineRun.Lines(output)[^1]);
    }

    [Fact]
    public async Task A_verification_names_file_offset_and_position()
    {
        (int exitCode, string output, string errors) = await _klog.RunAsync("verify", Path.GetDirectoryName(_segment)!);
        Assert.Equal((0, "1 partition, 1 segment, 83 bytes: no damage\n", ""), (exitCode, output, errors));
        byte[] bytes = Convert.FromHexString(TwoRecords);
        bytes[70] ^= 1;
        File.WriteAllBytes(_segment, [.. bytes, .. Convert.FromHexString(TwoRecords)]);
        (exitCode, output, _) = await _klog.RunAsync("verify", Path.GetDirectoryName(_segment)!);
        Assert.Equal(1, exitCode);
        Assert.Equal($"{_segment}: offset 0, position 0: the CRC of the batch of 83 bytes is wrong", CommandLineRun.Lines(output)[0]);
        (exitCode, output, errors) = await _klog.RunAsync("verify", "/proc/sys");
        Assert.Equal((1, "", "klog: /proc/sys is neither a data folder nor a partition's folder\n"), (exitCode, output, errors));
    }
}
