using KLog.Bench.Throughput.Load;
using KLog.Protocol.Records;

namespace KLog.Bench.Tests;

public sealed class BatchTemplateTests
{
    [Theory]
    [InlineData(CompressionType.None)]
    [InlineData(CompressionType.Gzip)]
    [InlineData(CompressionType.Snappy)]
    public void A_ready_made_batch_is_one_that_the_broker_accepts(CompressionType codec)
    {
        BatchTemplate template = new(100, 100, codec, timestampMs: 1_234_567);
        RecordBatchView batch = new(template.Bytes);
        Assert.Equal(template.Bytes.Length, batch.SizeInBytes);
        Assert.True(batch.IsCrcValid());
        Assert.Equal(2, batch.Magic);
        Assert.Equal(codec, batch.Compression);
        Assert.Equal(100, batch.RecordCount);
        Assert.Equal(99, batch.LastOffsetDelta);
        Assert.Equal(1_234_567, batch.MaxTimestamp);
        Assert.Equal(-1, batch.ProducerId);
        Assert.Equal(-1, batch.BaseSequence);
    }

    [Fact]
    public void Values_compress_as_events_do()
    {
        int plain = new BatchTemplate(100, 100, CompressionType.None, 0).Bytes.Length;
        int gzip = new BatchTemplate(100, 100, CompressionType.Gzip, 0).Bytes.Length;
        Assert.InRange((double)plain / gzip, 2, 8);
    }

    [Fact]
    public void A_value_has_its_size_and_is_the_same_each_time()
    {
        Assert.Equal(137, Payload.Value(5, 137).Length);
        Assert.Equal(Payload.Value(5, 137), Payload.Value(5, 137));
        Assert.NotEqual(Payload.Value(5, 137), Payload.Value(6, 137));
    }
}
