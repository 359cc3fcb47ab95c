using System.Text;
using KLog.Protocol;
using KLog.Protocol.Compression;
using KLog.Protocol.Records;

namespace KLog.Broker.Storage.Tests.Validation;

public sealed class RecompressionTests
{
    public static TheoryData<CompressionType, CompressionType> Pairs
    {
        get
        {
            TheoryData<CompressionType, CompressionType> pairs = [];
            foreach (CompressionType from in Enum.GetValues<CompressionType>())
            {
                foreach (CompressionType to in Enum.GetValues<CompressionType>())
                {
                    pairs.Add(from, to);
                }
            }

            return pairs;
        }
    }

    [Theory]
    [MemberData(nameof(Pairs))]
    public void A_batch_gets_the_topics_codec_and_keeps_its_records(CompressionType from, CompressionType to)
    {
        byte[] bytes = Build(from);
        string records = Describe(bytes);

        using ValidatedBatch validated = Validate(bytes, new LogConfig { CompressionType = to });

        Assert.Equal(ErrorCode.None, validated.Error);
        Assert.Equal(from == to, validated.Bytes.Span.Overlaps(bytes));
        RecordBatchView view = validated.View;
        Assert.True(view.IsCrcValid());
        Assert.Equal(to, view.Compression);
        Assert.Equal((9L, (short)2, 40), (view.ProducerId, view.ProducerEpoch, view.BaseSequence));
        Assert.Equal((3, 2, RawBatch.NowMs + 7), (view.RecordCount, view.LastOffsetDelta, view.MaxTimestamp));
        Assert.Equal(TimestampType.CreateTime, view.TimestampType);
        Assert.Equal(records, Describe(validated.Bytes));
    }

    [Fact]
    public void The_append_time_is_stamped_on_a_batch_that_is_written_anew()
    {
        using ValidatedBatch validated = Validate(
            Build(CompressionType.Lz4),
            new LogConfig { CompressionType = CompressionType.Zstd, MessageTimestampType = TimestampType.LogAppendTime });

        Assert.Equal(TimestampType.LogAppendTime, validated.View.TimestampType);
        Assert.Equal(RawBatch.NowMs, validated.View.MaxTimestamp);
        Assert.Equal(RawBatch.NowMs, validated.LogAppendTimeMs);
        Assert.True(validated.View.IsCrcValid());
    }

    [Fact]
    public void The_topics_level_is_used()
    {
        byte[] value = Encoding.ASCII.GetBytes(string.Concat(Enumerable.Range(0, 9000).Select(i => $"{i * 7919 % 1000}, ")));
        using RecordBatchBuilder builder = new();
        builder.Append(RawBatch.NowMs, null, value);
        byte[] bytes = builder.ToArray();

        Assert.True(SizeWith(new LogConfig { CompressionType = CompressionType.Gzip, GzipLevel = 9 })
            < SizeWith(new LogConfig { CompressionType = CompressionType.Gzip, GzipLevel = 1 }));
        Assert.True(SizeWith(new LogConfig { CompressionType = CompressionType.Lz4, Lz4Level = 12 })
            < SizeWith(new LogConfig { CompressionType = CompressionType.Lz4, Lz4Level = 9 }));
        Assert.True(SizeWith(new LogConfig { CompressionType = CompressionType.Zstd, ZstdLevel = 19 })
            < SizeWith(new LogConfig { CompressionType = CompressionType.Zstd, ZstdLevel = -50 }));

        int SizeWith(LogConfig config)
        {
            using ValidatedBatch validated = Validate(bytes, config);
            return validated.Bytes.Length;
        }
    }

    [Theory]
    [InlineData(CompressionType.None)]
    [InlineData(CompressionType.Zstd)]
    public void Offset_deltas_that_do_not_count_from_zero_are_put_right(CompressionType codec)
    {
        using RecordBatchBuilder builder = new(codec);
        builder.AppendAt(4, RawBatch.NowMs, default(ReadOnlyMemory<byte>), default(ReadOnlyMemory<byte>));
        builder.AppendAt(4, RawBatch.NowMs + 1, default(ReadOnlyMemory<byte>), null);
        byte[] bytes = builder.ToArray();
        System.Buffers.Binary.BinaryPrimitives.WriteInt32BigEndian(bytes.AsSpan(23), 1);
        RecordBatchFields.SetCrc(bytes);

        using ValidatedBatch validated = Validate(bytes, new LogConfig());

        Assert.Equal(ErrorCode.None, validated.Error);
        Assert.Equal(codec, validated.View.Compression);
        Assert.StartsWith("0 ", Describe(validated.Bytes), StringComparison.Ordinal);
        Assert.Contains("\n1 ", Describe(validated.Bytes), StringComparison.Ordinal);
    }

    [Fact]
    public void Control_records_stay_uncompressed()
    {
        byte[] marker = new EndTransactionMarker(IsCommit: false, 3).ToBatch(5, 0, RawBatch.NowMs);

        using ValidatedBatch validated = BatchValidation.Validate(
            marker, new LogConfig { CompressionType = CompressionType.Gzip }, AppendOrigin.Coordinator, RawBatch.NowMs);

        Assert.Equal(ErrorCode.None, validated.Error);
        Assert.Equal(CompressionType.None, validated.View.Compression);
    }

    [Theory]
    [InlineData(CompressionType.None)]
    [InlineData(CompressionType.Snappy)]
    public void A_bomb_that_would_outgrow_the_limit_costs_the_limit(CompressionType to)
    {
        using RecordBatchBuilder builder = new(CompressionType.Zstd);
        builder.Append(RawBatch.NowMs, null, new byte[64 << 20]);
        byte[] bomb = builder.ToArray();
        Assert.True(bomb.Length < 100_000);
        long before = GC.GetAllocatedBytesForCurrentThread();

        using ValidatedBatch validated = Validate(bomb, new LogConfig { CompressionType = to, MaxMessageBytes = 100_000 });

        Assert.Equal(ErrorCode.MessageTooLarge, validated.Error);
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 8 << 20);
    }

    private static byte[] Build(CompressionType codec)
    {
        using RecordBatchBuilder builder = new(codec) { ProducerId = 9, ProducerEpoch = 2, BaseSequence = 40 };
        builder.Append(RawBatch.NowMs, "a"u8.ToArray(), new byte[300_000]);
        builder.Append(RawBatch.NowMs + 7, null, "value"u8.ToArray(), [new RecordHeader("h", "x"u8.ToArray())]);
        builder.Append(RawBatch.NowMs - 9, "tombstone"u8.ToArray(), null);
        return builder.ToArray();
    }

    private static ValidatedBatch Validate(byte[] batch, LogConfig config) =>
        BatchValidation.Validate(batch, config, AppendOrigin.Client, RawBatch.NowMs);

    /// <summary>One line a record.</summary>
    private static string Describe(ReadOnlyMemory<byte> batch)
    {
        RecordBatchView view = new(batch.Span);
        byte[] body = view.Body.ToArray();
        if (view.Compression != CompressionType.None)
        {
            using Decompressor decompressor = Decompressor.Rent(view.Compression);
            decompressor.Start(body);
            byte[] content = new byte[1 << 20];
            body = content[..decompressor.Read(content)];
        }

        StringBuilder lines = new();
        RecordReader records = new(body, view.RecordCount);
        while (records.MoveNext())
        {
            lines.Append(System.Globalization.CultureInfo.InvariantCulture, $"{records.OffsetDelta} {view.BaseTimestamp + records.TimestampDelta} {Convert.ToHexString(records.Tail)}\n");
        }

        Assert.Equal(RecordFault.None, records.Fault);
        return lines.ToString();
    }
}
