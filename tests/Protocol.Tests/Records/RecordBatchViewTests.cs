using KLog.Protocol.Records;

namespace KLog.Protocol.Tests.Records;

public sealed class RecordBatchViewTests
{
    [Theory]
    [InlineData(CompressionType.None)]
    [InlineData(CompressionType.Gzip)]
    [InlineData(CompressionType.Snappy)]
    [InlineData(CompressionType.Lz4)]
    [InlineData(CompressionType.Zstd)]
    public void Reads_the_header_that_a_java_client_wrote(CompressionType codec)
    {
        byte[] bytes = JavaVectors.Of(codec);
        RecordBatchView view = new(bytes);

        Assert.Equal(7, view.BaseOffset);
        Assert.Equal(bytes.Length, view.SizeInBytes);
        Assert.Equal(bytes.Length - RecordBatchView.LogOverhead, view.BatchLength);
        Assert.Equal(5, view.PartitionLeaderEpoch);
        Assert.Equal(RecordBatchView.MagicV2, view.Magic);
        Assert.True(view.IsCrcValid());
        Assert.Equal(codec, view.Compression);
        Assert.Equal((short)codec, view.Attributes);
        Assert.Equal(TimestampType.CreateTime, view.TimestampType);
        Assert.False(view.IsTransactional || view.IsControl || view.HasDeleteHorizon);
        Assert.Equal(3, view.LastOffsetDelta);
        Assert.Equal(10, view.LastOffset);
        Assert.Equal(1700000000000, view.BaseTimestamp);
        Assert.Equal(1700000000123, view.MaxTimestamp);
        Assert.Equal(4242, view.ProducerId);
        Assert.True(view.HasProducerId);
        Assert.Equal(3, view.ProducerEpoch);
        Assert.Equal(17, view.BaseSequence);
        Assert.Equal(20, view.LastSequence);
        Assert.Equal(4, view.RecordCount);
    }

    [Fact]
    public void A_bit_that_flips_in_what_the_crc_covers_makes_it_invalid()
    {
        byte[] bytes = JavaVectors.Of(CompressionType.None);
        for (int at = 17; at < bytes.Length; at++)
        {
            bytes[at] ^= 0x10;
            Assert.False(new RecordBatchView(bytes).IsCrcValid());
            bytes[at] ^= 0x10;
        }
    }

    [Theory]
    [InlineData(-1)]
    [InlineData(0)]
    [InlineData(1000)]
    [InlineData(int.MaxValue)]
    public void A_length_that_does_not_fit_makes_the_crc_invalid(int length)
    {
        byte[] bytes = JavaVectors.Of(CompressionType.None);
        System.Buffers.Binary.BinaryPrimitives.WriteInt32BigEndian(bytes.AsSpan(8), length);

        Assert.False(new RecordBatchView(bytes).IsCrcValid());
    }

    [Fact]
    public void The_base_offset_and_the_leader_epoch_are_written_without_touching_the_crc()
    {
        byte[] bytes = JavaVectors.Of(CompressionType.Gzip);
        uint crc = new RecordBatchView(bytes).Crc;

        RecordBatchFields.SetLastOffset(bytes, 1_000_003);
        RecordBatchFields.SetPartitionLeaderEpoch(bytes, 77);

        RecordBatchView view = new(bytes);
        Assert.Equal(1_000_000, view.BaseOffset);
        Assert.Equal(77, view.PartitionLeaderEpoch);
        Assert.Equal(crc, view.Crc);
        Assert.True(view.IsCrcValid());
    }

    [Fact]
    public void Stamping_the_append_time_keeps_the_rest_and_the_crc_valid()
    {
        byte[] bytes = JavaVectors.Of(CompressionType.Lz4);

        RecordBatchFields.SetMaxTimestampAndType(bytes, 1234, TimestampType.LogAppendTime);

        RecordBatchView view = new(bytes);
        Assert.Equal(1234, view.MaxTimestamp);
        Assert.Equal(TimestampType.LogAppendTime, view.TimestampType);
        Assert.Equal(CompressionType.Lz4, view.Compression);
        Assert.Equal(1700000000000, view.BaseTimestamp);
        Assert.True(view.IsCrcValid());

        RecordBatchFields.SetMaxTimestampAndType(bytes, 1700000000123, TimestampType.CreateTime);
        Assert.Equal(JavaVectors.Of(CompressionType.Lz4), bytes);
    }

    [Fact]
    public void A_producer_is_written_with_the_crc()
    {
        byte[] bytes = JavaVectors.Of(CompressionType.None);

        RecordBatchFields.SetProducer(bytes, 9, 8, int.MaxValue - 1);

        RecordBatchView view = new(bytes);
        Assert.Equal((9L, (short)8, int.MaxValue - 1), (view.ProducerId, view.ProducerEpoch, view.BaseSequence));
        Assert.Equal(1, view.LastSequence);
        Assert.True(view.IsCrcValid());
    }
}
