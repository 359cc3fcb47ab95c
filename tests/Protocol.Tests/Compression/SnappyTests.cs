using KLog.Protocol.Compression;
using KLog.Protocol.Records;
using KLog.Protocol.Tests.Records;
using Xunit.Abstractions;

namespace KLog.Protocol.Tests.Compression;

public sealed class SnappyTests(ITestOutputHelper output)
{
    [Fact]
    public void A_bare_block_is_read_as_librdkafka_sends_it()
    {
        Random random = Seeds.New(output);
        byte[] content = random.Bytes(70_000);
        content.AsSpan(30_000, 30_000).Fill(7);

        byte[] block = IronSnappy.Snappy.Encode(content);

        Assert.Equal(content, CodecTests.Decompress(CompressionType.Snappy, block, content.Length, 1 << 20));
        Assert.Equal(content, CodecTests.Decompress(CompressionType.Snappy, block, content.Length, 999));
    }

    [Fact]
    public void The_framing_is_xerials()
    {
        byte[] compressed = CodecTests.Compress(CompressionType.Snappy, 0, new byte[40_000], new Random(1));

        Assert.Equal("82534e41505059000000000100000001", Convert.ToHexStringLower(compressed.AsSpan(0, 16)));
        int first = System.Buffers.Binary.BinaryPrimitives.ReadInt32BigEndian(compressed.AsSpan(16));
        int second = System.Buffers.Binary.BinaryPrimitives.ReadInt32BigEndian(compressed.AsSpan(20 + first));
        Assert.Equal(compressed.Length, 16 + 4 + first + 4 + second);
    }

    [Theory]
    [InlineData("03" + "08" + "616263", "616263")] // a literal of three
    [InlineData("07" + "00" + "61" + "1601" + "00", "61616161616161")] // a copy of six from one back, in two bytes
    [InlineData("05" + "00" + "61" + "0101", "6161616161")] // a copy of four from one back
    [InlineData("05" + "00" + "61" + "0f01000000", "6161616161")] // the same, with four bytes
    [InlineData("03" + "f002" + "616263", "616263")] // a literal whose length is in the next byte
    public void Every_element_is_read(string hex, string content) =>
        Assert.Equal(
            content, Convert.ToHexStringLower(CodecTests.Decompress(CompressionType.Snappy, Convert.FromHexString(hex), 100, 100)));

    [Theory]
    [InlineData("03" + "0c" + "616263")] // a literal beyond the bytes
    [InlineData("02" + "08" + "616263")] // a literal beyond the length
    [InlineData("04" + "08" + "616263")] // too little for the length
    [InlineData("05" + "00" + "61" + "0102")] // a copy from before the start
    [InlineData("05" + "00" + "61" + "0100")] // a copy from nowhere
    [InlineData("05" + "00" + "61" + "0f01")] // a copy cut short
    [InlineData("03" + "f8")] // a literal's length cut short
    [InlineData("ffffffff0f" + "00")] // 4 GiB out of two bytes
    [InlineData("ffffffffff")] // a length that does not end
    [InlineData("")]
    public void What_cannot_be_is_corrupt(string hex) =>
        Assert.Throws<CorruptCompressionException>(
            () => CodecTests.Decompress(CompressionType.Snappy, Convert.FromHexString(hex), 100, 100));

    [Theory]
    [InlineData("0000")]
    [InlineData("7fffffff00")]
    [InlineData("ffffffff00")]
    public void A_frame_that_lies_about_its_length_is_corrupt(string hex) =>
        Assert.Throws<CorruptCompressionException>(() => CodecTests.Decompress(
            CompressionType.Snappy, Convert.FromHexString("82534e41505059000000000100000001" + hex), 100, 100));
}
