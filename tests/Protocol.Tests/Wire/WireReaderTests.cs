using System.Text;
using KLog.Protocol.Wire;

namespace KLog.Protocol.Tests.Wire;

public sealed class WireReaderTests
{
    private delegate T Reading<T>(ref WireReader reader);

    [Fact]
    public void Primitives_come_back()
    {
        using var writer = new WireWriter(1);
        var id = Guid.NewGuid();
        writer.WriteBool(true);
        writer.WriteInt8(sbyte.MinValue);
        writer.WriteInt16(short.MinValue);
        writer.WriteUInt16(ushort.MaxValue);
        writer.WriteInt32(int.MinValue);
        writer.WriteUInt32(uint.MaxValue);
        writer.WriteInt64(long.MinValue);
        writer.WriteFloat64(-0.5);
        writer.WriteUuid(id);
        writer.WriteString(null, compact: false);
        writer.WriteString("ä", compact: true);
        writer.WriteBytes(new byte[] { 1, 2 }, compact: true);
        var reader = new WireReader(writer.Written);
        Assert.True(reader.ReadBool());
        Assert.Equal(sbyte.MinValue, reader.ReadInt8());
        Assert.Equal(short.MinValue, reader.ReadInt16());
        Assert.Equal(ushort.MaxValue, reader.ReadUInt16());
        Assert.Equal(int.MinValue, reader.ReadInt32());
        Assert.Equal(uint.MaxValue, reader.ReadUInt32());
        Assert.Equal(long.MinValue, reader.ReadInt64());
        Assert.Equal(-0.5, reader.ReadFloat64());
        Assert.Equal(id, reader.ReadUuid());
        Assert.Null(reader.ReadNullableString(compact: false));
        Assert.Equal("ä", reader.ReadString(compact: true));
        Assert.Equal([1, 2], reader.ReadBytes(compact: true).ToArray());
        Assert.Equal(0, reader.Remaining);
    }

    [Theory]
    [InlineData(0u, 1)]
    [InlineData(127u, 1)]
    [InlineData(128u, 2)]
    [InlineData(16383u, 2)]
    [InlineData(16384u, 3)]
    [InlineData(uint.MaxValue, 5)]
    public void Varints_come_back(uint value, int size)
    {
        using var writer = new WireWriter();
        writer.WriteUnsignedVarint(value);
        Assert.Equal(size, writer.Position);
        var reader = new WireReader(writer.Written);
        Assert.Equal(value, reader.ReadUnsignedVarint());
    }

    [Theory]
    [InlineData(new byte[] { 0xff, 0xff, 0xff, 0xff, 0xff, 0 })]
    [InlineData(new byte[] { 0xff, 0xff, 0xff, 0xff, 0x7f })]
    [InlineData(new byte[] { 0x80, 0x80, 0x80, 0x80, 0x10 })]
    [InlineData(new byte[] { 0x80 })]
    public void A_varint_beyond_32_bits_or_cut_is_refused(byte[] bytes) =>
        Refuses(bytes, (ref WireReader reader) => reader.ReadUnsignedVarint());

    [Theory]
    [InlineData(new byte[] { 0xff, 0xff, 0xff, 0xff, 0x0f })] // 2^32 - 2
    [InlineData(new byte[] { 0x80, 0x80, 0x80, 0x80, 0x08 })] // 2^31 - 1
    [InlineData(new byte[] { 0x81, 0x80, 0x80, 0x80, 0x08 })] // 2^31
    [InlineData(new byte[] { 3, 1 })]
    [InlineData(new byte[] { 0 })]
    public void A_compact_length_beyond_the_frame_is_refused(byte[] bytes)
    {
        Refuses(bytes, (ref WireReader reader) => reader.ReadString(compact: true));
        Refuses(bytes, (ref WireReader reader) => reader.ReadBytes(compact: true));
        Refuses(bytes, (ref WireReader reader) => reader.ReadRecords(compact: true));
        if (bytes[0] != 0)
        {
            Refuses(bytes, (ref WireReader reader) => reader.ReadArrayLength(compact: true));
            Refuses(bytes, (ref WireReader reader) => reader.ReadNullableString(compact: true));
            Refuses(bytes, (ref WireReader reader) => reader.ReadNullableBytes(compact: true));
        }
    }

    [Theory]
    [InlineData(new byte[] { 0xff, 0xff, 0xff, 0xfe })] // -2
    [InlineData(new byte[] { 0x80, 0, 0, 0 })]
    [InlineData(new byte[] { 0x7f, 0xff, 0xff, 0xff, 1, 2 })]
    [InlineData(new byte[] { 0, 0, 0, 2, 1 })]
    public void A_length_below_null_or_beyond_the_frame_is_refused(byte[] bytes)
    {
        Refuses(bytes, (ref WireReader reader) => reader.ReadNullableBytes(compact: false));
        Refuses(bytes, (ref WireReader reader) => reader.ReadArrayLength(compact: false));
    }

    [Theory]
    [InlineData(new byte[] { 0xff, 0xfe })] // -2
    [InlineData(new byte[] { 0x80, 0 })]
    [InlineData(new byte[] { 0x7f, 0xff, 1 })]
    public void A_string_length_below_null_or_beyond_the_frame_is_refused(byte[] bytes) =>
        Refuses(bytes, (ref WireReader reader) => reader.ReadNullableString(compact: false));

    [Fact]
    public void Null_is_minus_one_or_the_compact_zero()
    {
        Assert.Null(Read([0], (ref WireReader reader) => reader.ReadNullableString(compact: true)));
        Assert.Null(Read([0], (ref WireReader reader) => reader.ReadNullableBytes(compact: true)));
        Assert.Null(Read([0], (ref WireReader reader) => reader.ReadNullableRecords(compact: true)));
        Assert.Equal(-1, Read([0], (ref WireReader reader) => reader.ReadArrayLength(compact: true)));
        Assert.Null(Read([0xff, 0xff], (ref WireReader reader) => reader.ReadNullableString(compact: false)));
        Assert.Null(Read([0xff, 0xff, 0xff, 0xff], (ref WireReader reader) => reader.ReadNullableBytes(compact: false)));
        Assert.Equal(-1, Read([0xff, 0xff, 0xff, 0xff], (ref WireReader reader) => reader.ReadArrayLength(compact: false)));
        Assert.False(Read([0xff], (ref WireReader reader) => reader.ReadIsPresent()));
        Assert.True(Read([1], (ref WireReader reader) => reader.ReadIsPresent()));
    }

    [Fact]
    public void An_array_that_the_frame_cannot_hold_is_refused()
    {
        Assert.Equal(2, Read([0, 0, 0, 2, 1, 2, 3, 4], (ref WireReader reader) => reader.ReadArrayLength(compact: false, 2)));
        Refuses([0, 0, 0, 2, 1, 2, 3], (ref WireReader reader) => reader.ReadArrayLength(compact: false, 2));
    }

    [Theory]
    [InlineData(new byte[] { 0xff, 0xff, 0xff, 0xff, 0x0f })]
    [InlineData(new byte[] { 2, 0, 0 })]
    [InlineData(new byte[] { 1, 0, 2, 1 })]
    [InlineData(new byte[] { 1, 0, 0xff, 0xff, 0xff, 0xff, 0x0f })]
    public void Tagged_fields_beyond_the_frame_are_refused(byte[] bytes) =>
        Refuses(bytes, (ref WireReader reader) =>
        {
            reader.SkipTaggedFields();
            return 0;
        });

    [Fact]
    public void Invalid_utf8_becomes_replacement_characters()
    {
        Assert.Equal("a\ufffdb", Read([4, (byte)'a', 0xff, (byte)'b'], (ref WireReader reader) => reader.ReadString(compact: true)));
        Assert.Equal("a\ufffdb", Read([4, (byte)'a', 0xff, (byte)'b'], (ref WireReader reader) => reader.ReadString(compact: true)));
    }

    [Fact]
    public void A_short_name_read_again_is_the_same_string()
    {
        string first = ReadName("some-topic");
        Assert.Same(first, ReadName("some-topic"));
        Assert.Equal("some-topiC", ReadName("some-topiC"));
        string longest = new('x', 128);
        Assert.Same(ReadName(longest), ReadName(longest));
        string longer = new('x', 129);
        Assert.NotSame(ReadName(longer), ReadName(longer));
        Assert.Equal("größe", ReadName("größe"));
    }

    [Fact]
    public void Names_that_share_a_place_do_not_mix()
    {
        for (int i = 0; i < 20_000; i++)
        {
            string name = $"topic-{i % 3000}";
            Assert.Equal(name, ReadName(name));
        }
    }

    private static string ReadName(string name)
    {
        byte[] utf8 = Encoding.UTF8.GetBytes(name);
        return Read([(byte)(utf8.Length >> 8), (byte)utf8.Length, .. utf8], (ref WireReader reader) => reader.ReadString(compact: false));
    }

    private static T Read<T>(byte[] bytes, Reading<T> reading)
    {
        var reader = new WireReader(bytes);
        T value = reading(ref reader);
        return value;
    }

    private static void Refuses<T>(byte[] bytes, Reading<T> reading) =>
        Assert.Throws<ProtocolViolationException>(() => Read(bytes, reading));
}
