using KLog.Protocol.Records;
using Xunit.Abstractions;

namespace KLog.Protocol.Tests.Records;

public sealed class VarintTests(ITestOutputHelper output)
{
    [Theory]
    [InlineData(0, "00")]
    [InlineData(-1, "01")]
    [InlineData(1, "02")]
    [InlineData(63, "7e")]
    [InlineData(-64, "7f")]
    [InlineData(64, "8001")]
    [InlineData(int.MaxValue, "feffffff0f")]
    [InlineData(int.MinValue, "ffffffff0f")]
    public void An_int_is_written_as_protocol_buffers_write_it(int value, string hex)
    {
        Span<byte> into = stackalloc byte[Varint.IntBytesMax];

        int written = Varint.Write(into, value);

        Assert.Equal(hex, Convert.ToHexStringLower(into[..written]));
        Assert.Equal(written, Varint.Size(value));
    }

    [Theory]
    [InlineData(long.MaxValue, "feffffffffffffffff01")]
    [InlineData(long.MinValue, "ffffffffffffffffff01")]
    [InlineData(-1, "01")]
    public void A_long_is_written_as_protocol_buffers_write_it(long value, string hex)
    {
        Span<byte> into = stackalloc byte[Varint.LongBytesMax];

        int written = Varint.WriteLong(into, value);

        Assert.Equal(hex, Convert.ToHexStringLower(into[..written]));
        Assert.Equal(written, Varint.SizeLong(value));
    }

    [Fact]
    public void What_is_written_is_read_back()
    {
        Random random = Seeds.New(output);
        byte[] bytes = new byte[Varint.LongBytesMax];
        for (int i = 0; i < 20_000; i++)
        {
            long value = random.NextInt64(long.MinValue, long.MaxValue) >> random.Next(64);
            int at = 0;
            Assert.Equal(Varint.SizeLong(value), Varint.WriteLong(bytes, value));
            Assert.True(Varint.TryReadLong(bytes, ref at, out long read));
            Assert.Equal(value, read);
            Assert.Equal(Varint.SizeLong(value), at);

            int small = (int)value;
            at = 0;
            Assert.Equal(Varint.Size(small), Varint.Write(bytes, small));
            Assert.True(Varint.TryRead(bytes, ref at, out int readSmall));
            Assert.Equal(small, readSmall);
        }
    }

    [Theory]
    [InlineData("")]
    [InlineData("80")]
    [InlineData("ffffffff")]
    [InlineData("ffffffffff01")]
    public void An_int_that_ends_too_late_or_never_is_not_read(string hex)
    {
        int at = 0;

        Assert.False(Varint.TryRead(Convert.FromHexString(hex), ref at, out _));
    }

    [Theory]
    [InlineData("ffffffffffffffffff")]
    [InlineData("ffffffffffffffffffff01")]
    public void A_long_that_ends_too_late_or_never_is_not_read(string hex)
    {
        int at = 0;

        Assert.False(Varint.TryReadLong(Convert.FromHexString(hex), ref at, out _));
    }
}
