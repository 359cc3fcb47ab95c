using KLog.Protocol.Records;

namespace KLog.Protocol.Tests.Records;

/// <summary>
/// Batches that kafka-clients 4.3.1 wrote: base offset 7, leader epoch 5, producer 4242 epoch 3 sequence 17, and the
/// records that <see cref="Assert4Records"/> expects. The markers are of offset 99, leader epoch 6, coordinator epoch 12.
/// </summary>
internal static class JavaVectors
{
    private const string NoneHex =
        "000000000000000700000086000000050241fb820f0000000000030000018bcfe568000000018bcfe5687b0000000000"
        + "001092000300000011000000045e0000000a66697273743a76616c75652076616c75652076616c75652076616c756520"
        + "76616c75650402680278026e011a00f60102010c6e6f206b6579001e00010412746f6d6273746f6e6501000c00640600"
        + "0000";

    private const string GzipHex =
        "0000000000000007000000840000000502b1acc5a50001000000030000018bcfe568000000018bcfe5687b0000000000"
        + "001092000300000011000000041f8b08000000000000ff8b636060e04acb2c2a2eb12a4bcc294d55c041b23065305530"
        + "e5314a317c636462e4c9cb57c84ead6490636064112ac9cf4d2a2ec9cf4b6564e0614861031a0800d418786a55000000";

    private const string SnappyHex =
        "0000000000000007000000890000000502c5016d9b0002000000030000018bcfe568000000018bcfe5687b0000000000"
        + "0010920003000000110000000482534e415050590000000001000000010000004455405e0000000a66697273743a7661"
        + "6c7565205a0600b00402680278026e011a00f60102010c6e6f206b6579001e00010412746f6d6273746f6e6501000c00"
        + "6406000000";

    private const string Lz4Hex =
        "0000000000000007000000850000000502ef44b5b00003000000030000018bcfe568000000018bcfe5687b0000000000"
        + "0010920003000000110000000404224d1860408245000000ff025e0000000a66697273743a76616c756520060004f01e"
        + "0402680278026e011a00f60102010c6e6f206b6579001e00010412746f6d6273746f6e6501000c006406000000000000"
        + "00";

    private const string ZstdHex =
        "00000000000000070000008200000005021ecc382b0004000000030000018bcfe568000000018bcfe5687b0000000000"
        + "0010920003000000110000000428b52ffd00582c0200e4035e0000000a66697273743a76616c7565200402680278026e"
        + "011a00f60102010c6e6f206b6579001e00010412746f6d6273746f6e6501000c0064060000000100539725010000";

    private const string CommitHex =
        "0000000000000063000000420000000602088602a10030000000000000018bcfe568000000018bcfe568000000000000"
        + "0010920003ffffffff000000012000000008000000010c00000000000c00";

    private const string AbortHex =
        "0000000000000063000000420000000602fcb8d4e90030000000000000018bcfe568000000018bcfe568000000000000"
        + "0010920003ffffffff000000012000000008000000000c00000000000c00";

    internal static byte[] Commit => Convert.FromHexString(CommitHex);

    internal static byte[] Abort => Convert.FromHexString(AbortHex);

    internal static byte[] Of(CompressionType codec) => Convert.FromHexString(codec switch
    {
        CompressionType.None => NoneHex,
        CompressionType.Gzip => GzipHex,
        CompressionType.Snappy => SnappyHex,
        CompressionType.Lz4 => Lz4Hex,
        _ => ZstdHex,
    });

    internal static RecordBatchBuilder Builder(CompressionType codec)
    {
        RecordBatchBuilder builder = new(codec)
        {
            BaseOffset = 7,
            PartitionLeaderEpoch = 5,
            ProducerId = 4242,
            ProducerEpoch = 3,
            BaseSequence = 17,
        };
        builder.Append(
            1700000000000,
            "first"u8.ToArray(),
            "value value value value value"u8.ToArray(),
            [new RecordHeader("h", "x"u8.ToArray()), new RecordHeader("n", null)]);
        builder.Append(1700000000123, null, "no key"u8.ToArray());
        builder.Append(1699999999999, "tombstone"u8.ToArray(), null);
        builder.Append(1700000000050, Array.Empty<byte>(), Array.Empty<byte>());
        return builder;
    }

    internal static void Assert4Records(ReadOnlySpan<byte> body)
    {
        RecordReader records = new(body, 4);
        Assert.True(records.MoveNext());
        Assert.Equal(0, records.OffsetDelta);
        Assert.Equal(0, records.TimestampDelta);
        Assert.Equal("first"u8, records.Key);
        Assert.Equal("value value value value value"u8, records.Value);
        RecordHeaders headers = records.Headers;
        Assert.True(headers.MoveNext());
        Assert.Equal("h"u8, headers.Key);
        Assert.Equal("x"u8, headers.Value);
        Assert.True(headers.MoveNext());
        Assert.Equal("n"u8, headers.Key);
        Assert.False(headers.HasValue);
        Assert.False(headers.MoveNext());
        Assert.True(records.MoveNext());
        Assert.False(records.HasKey);
        Assert.Equal(123, records.TimestampDelta);
        Assert.Equal("no key"u8, records.Value);
        Assert.True(records.MoveNext());
        Assert.Equal(2, records.OffsetDelta);
        Assert.Equal(-1, records.TimestampDelta);
        Assert.False(records.HasValue);
        Assert.True(records.MoveNext());
        Assert.True(records.HasKey);
        Assert.True(records.Key.IsEmpty);
        Assert.True(records.HasValue);
        Assert.True(records.Value.IsEmpty);
        Assert.False(records.MoveNext());
        Assert.Equal(RecordFault.None, records.Fault);
    }
}
