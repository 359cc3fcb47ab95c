using KLog.Protocol.Records;
using Xunit.Abstractions;

namespace KLog.Protocol.Tests.Records;

public sealed class RecordReaderTests(ITestOutputHelper output)
{
    [Fact]
    public void Reads_the_records_that_a_java_client_wrote() =>
        JavaVectors.Assert4Records(new RecordBatchView(JavaVectors.Of(CompressionType.None)).Body);

    [Fact]
    public void The_builder_writes_what_a_java_client_writes() =>
        Assert.Equal(JavaVectors.Of(CompressionType.None), JavaVectors.Builder(CompressionType.None).ToArray());

    [Theory]
    [InlineData("", 1, RecordFault.Short)]
    [InlineData("80", 1, RecordFault.Short)]
    [InlineData("ffffffffff", 1, RecordFault.Malformed)]
    [InlineData("01", 1, RecordFault.Malformed)] // a length of -1
    [InlineData("10000000", 1, RecordFault.Short)]
    [InlineData("0c000000010100", 1, RecordFault.None)]
    [InlineData("0c00000001010000", 1, RecordFault.Trailing)]
    [InlineData("0c000000010100", 2, RecordFault.Short)]
    [InlineData("0c000000010100", 0, RecordFault.Trailing)]
    [InlineData("0a0000000101", 1, RecordFault.Malformed)] // no header count
    [InlineData("0e00000001010000", 1, RecordFault.Malformed)] // a byte too many
    [InlineData("0c000000020100", 1, RecordFault.Malformed)] // the key takes the value's place
    [InlineData("0c0000007e0100", 1, RecordFault.Malformed)] // a key beyond the record
    [InlineData("0c000000017e00", 1, RecordFault.Malformed)] // a value beyond the record
    [InlineData("0c000000010101", 1, RecordFault.Malformed)] // -1 headers
    [InlineData("0c0000000101fe", 1, RecordFault.Malformed)] // an unfinished header count
    [InlineData("0c000000010102", 1, RecordFault.Malformed)] // a header that is not there
    [InlineData("1000000001010201" + "01", 1, RecordFault.Malformed)] // a header with a null key
    [InlineData("00", 1, RecordFault.Malformed)]
    [InlineData("02" + "00", 1, RecordFault.Malformed)]
    public void A_walk_ends_with_the_right_fault(string hex, int count, RecordFault fault)
    {
        RecordReader records = new(Convert.FromHexString(hex), count);
        while (records.MoveNext())
        {
        }

        Assert.Equal(fault, records.Fault);
    }

    [Fact]
    public void Garbage_only_ever_ends_the_walk()
    {
        Random random = Seeds.New(output);
        byte[] good = new RecordBatchView(JavaVectors.Of(CompressionType.None)).Body.ToArray();
        for (int i = 0; i < 50_000; i++)
        {
            byte[] bytes = (i & 1) == 0 ? random.Bytes(random.Next(64)) : (byte[])good.Clone();
            for (int flips = random.Next(4); flips > 0 && bytes.Length > 0; flips--)
            {
                bytes[random.Next(bytes.Length)] = (byte)random.Next(256);
            }

            Drain(bytes, random.Next(6));
        }
    }

    [Fact]
    public void What_the_builder_was_given_is_read_back()
    {
        Random random = Seeds.New(output);
        for (int round = 0; round < 200; round++)
        {
            using RecordBatchBuilder builder = new();
            List<(long Timestamp, byte[]? Key, byte[]? Value, RecordHeader[] Headers)> given = [];
            for (int i = random.Next(1, 30); i > 0; i--)
            {
                byte[]? key = random.Next(3) == 0 ? null : random.Bytes(random.Next(200));
                byte[]? value = random.Next(5) == 0 ? null : random.Bytes(random.Next(20_000) >> random.Next(15));
                RecordHeader[] headers = new RecordHeader[random.Next(3)];
                for (int h = 0; h < headers.Length; h++)
                {
                    headers[h] = new RecordHeader($"kä{h}", h == 1 ? null : random.Bytes(h));
                }

                long timestamp = random.NextInt64() >> random.Next(2, 63);
                given.Add((timestamp, key, value, headers));
                builder.Append(timestamp, key, value, headers);
            }

            AssertReadsBack(builder.Build(), given);
        }
    }

    [Fact]
    public void Reading_allocates_nothing()
    {
        byte[] batch = JavaVectors.Of(CompressionType.None);
        Drain(new RecordBatchView(batch).Body, 4);
        long before = GC.GetAllocatedBytesForCurrentThread();

        Drain(new RecordBatchView(batch).Body, 4);

        Assert.Equal(before, GC.GetAllocatedBytesForCurrentThread());
    }

    private static void AssertReadsBack(
        Memory<byte> batch, List<(long Timestamp, byte[]? Key, byte[]? Value, RecordHeader[] Headers)> given)
    {
        RecordBatchView view = new(batch.Span);
        Assert.True(view.IsCrcValid());
        Assert.Equal(given.Count, view.RecordCount);
        Assert.Equal(given.Count - 1, view.LastOffsetDelta);
        Assert.Equal(Math.Max(-1, given.Max(record => record.Timestamp)), view.MaxTimestamp);
        RecordReader records = new(view.Body, view.RecordCount);
        foreach (var (timestamp, key, value, headers) in given)
        {
            Assert.True(records.MoveNext());
            Assert.Equal(records.Index - 1, records.OffsetDelta);
            Assert.Equal(timestamp, view.BaseTimestamp + records.TimestampDelta);
            Assert.Equal(key is not null, records.HasKey);
            Assert.Equal(key ?? [], records.Key);
            Assert.Equal(value is not null, records.HasValue);
            Assert.Equal(value ?? [], records.Value);
            RecordHeaders read = records.Headers;
            foreach (RecordHeader header in headers)
            {
                Assert.True(read.MoveNext());
                Assert.Equal(header.Key, System.Text.Encoding.UTF8.GetString(read.Key));
                Assert.Equal(header.Value is not null, read.HasValue);
                Assert.Equal(header.Value.GetValueOrDefault().Span, read.Value);
            }

            Assert.False(read.MoveNext());
        }

        Assert.False(records.MoveNext());
        Assert.Equal(RecordFault.None, records.Fault);
    }

    private static void Drain(ReadOnlySpan<byte> body, int count)
    {
        RecordReader records = new(body, count);
        while (records.MoveNext())
        {
            _ = records.Key.Length + records.Value.Length;
            RecordHeaders headers = records.Headers;
            while (headers.MoveNext())
            {
                _ = headers.Key.Length + headers.Value.Length;
            }
        }
    }
}
