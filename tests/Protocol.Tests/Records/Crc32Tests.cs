using System.Text;
using KLog.Protocol.Records;

namespace KLog.Protocol.Tests.Records;

public class Crc32Tests
{
    [Theory]
    [InlineData("", 0u)]
    [InlineData("123456789", 0xCBF43926u)]
    [InlineData("The quick brown fox jumps over the lazy dog", 0x414FA339u)]
    public void Known_values(string text, uint crc) => Assert.Equal(crc, Crc32.Compute(Encoding.ASCII.GetBytes(text)));

    [Fact]
    public void Pieces_add_up()
    {
        byte[] bytes = new byte[1000];
        new Random(1).NextBytes(bytes);
        uint whole = Crc32.Compute(bytes);
        for (int cut = 0; cut <= bytes.Length; cut += 7)
        {
            Assert.Equal(whole, Crc32.Append(Crc32.Compute(bytes.AsSpan(0, cut)), bytes.AsSpan(cut)));
        }
    }
}
