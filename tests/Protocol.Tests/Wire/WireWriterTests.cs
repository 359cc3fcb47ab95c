using KLog.Protocol.Wire;

namespace KLog.Protocol.Tests.Wire;

public sealed class WireWriterTests
{
    private sealed class Source(int length) : IRecordSource
    {
        public int Length => length;
    }

    [Fact]
    public void A_source_is_spliced_in_and_counted()
    {
        using var writer = new WireWriter();
        var source = new Source(1000);
        writer.WriteInt32(7);
        writer.WriteRecords(new KLog.Protocol.Wire.Records(source), compact: false);
        writer.WriteInt32(8);
        Assert.Equal(12, writer.Position);
        Assert.Equal(1012, writer.Length);
        WireWriter.Splice splice = Assert.Single(writer.Splices);
        Assert.Equal(8, splice.Position);
        Assert.Same(source, splice.Source);
        writer.Reset();
        Assert.Empty(writer.Splices);
        Assert.Equal(0, writer.Length);
    }

    [Theory]
    [InlineData(0, 1)]
    [InlineData(127, 1)]
    [InlineData(128, 2)]
    [InlineData(16383, 2)]
    [InlineData(16384, 3)]
    [InlineData(2097152, 4)]
    public void A_tagged_fields_size_is_written_before_it(int size, int sizeBytes)
    {
        using var writer = new WireWriter(16);
        byte[] field = new byte[size];
        new Random(size).NextBytes(field);
        writer.WriteInt16(0x1234);
        int start = writer.BeginTaggedField();
        writer.WriteRaw(field);
        writer.EndTaggedField(start);
        writer.WriteInt16(0x5678);
        Assert.Equal(4 + sizeBytes + size, writer.Position);
        Assert.Equal(writer.Position, writer.Length);
        var reader = new WireReader(writer.Written);
        Assert.Equal(0x1234, reader.ReadInt16());
        Assert.Equal(size, (int)reader.ReadUnsignedVarint());
        Assert.Equal(field, writer.Written.Slice(reader.Position, size).ToArray());
        reader.Skip((uint)size);
        Assert.Equal(0x5678, reader.ReadInt16());
    }

    [Fact]
    public void A_source_in_a_tagged_field_is_refused()
    {
        using var writer = new WireWriter();
        int start = writer.BeginTaggedField();
        writer.WriteRecords(new KLog.Protocol.Wire.Records(new Source(5)), compact: true);
        Assert.Throws<InvalidOperationException>(() => writer.EndTaggedField(start));
    }

    [Fact]
    public void A_string_too_long_for_the_old_form_is_refused()
    {
        using var writer = new WireWriter();
        string text = new('x', short.MaxValue + 1);
        Assert.Throws<InvalidOperationException>(() => writer.WriteString(text, compact: false));
        writer.WriteString(text, compact: true);
        writer.WriteString(text[1..], compact: false);
    }

    [Fact]
    public void The_buffer_grows_over_what_was_written()
    {
        using var writer = new WireWriter(1);
        for (int i = 0; i < 100_000; i++)
        {
            writer.WriteInt32(i);
        }

        var reader = new WireReader(writer.Written);
        for (int i = 0; i < 100_000; i++)
        {
            Assert.Equal(i, reader.ReadInt32());
        }
    }
}
