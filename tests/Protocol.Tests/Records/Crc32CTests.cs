using KLog.Protocol.Records;
using Xunit.Abstractions;

namespace KLog.Protocol.Tests.Records;

public sealed class Crc32CTests(ITestOutputHelper output)
{
    [Fact]
    public void The_check_value_of_the_standard() => Assert.Equal(0xE3069283u, Crc32C.Compute("123456789"u8));

    [Fact]
    public void Nothing_has_the_crc_zero() => Assert.Equal(0u, Crc32C.Compute([]));

    [Theory]
    [InlineData(1)]
    [InlineData(7)]
    [InlineData(8)]
    [InlineData(3071)]
    [InlineData(3072)]
    [InlineData(3073)]
    [InlineData(10_007)]
    [InlineData(100_000)]
    public void Agrees_with_the_definition_bit_by_bit(int length)
    {
        byte[] bytes = Seeds.New(output).Bytes(length);

        Assert.Equal(BitByBit(bytes), Crc32C.Compute(bytes));
    }

    [Fact]
    public void Pieces_come_to_the_same_as_the_whole()
    {
        Random random = Seeds.New(output);
        byte[] bytes = random.Bytes(20_000);
        uint whole = Crc32C.Compute(bytes);
        for (int i = 0; i < 100; i++)
        {
            int cut = random.Next(bytes.Length);

            Assert.Equal(whole, Crc32C.Append(Crc32C.Compute(bytes.AsSpan(0, cut)), bytes.AsSpan(cut)));
        }
    }

    private static uint BitByBit(byte[] bytes)
    {
        uint register = uint.MaxValue;
        foreach (byte b in bytes)
        {
            register ^= b;
            for (int bit = 0; bit < 8; bit++)
            {
                register = (register >> 1) ^ ((register & 1) != 0 ? 0x82F63B78 : 0);
            }
        }

        return ~register;
    }
}
