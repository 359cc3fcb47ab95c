using KLog.Protocol;
using KLog.Protocol.Records;

namespace KLog.Broker.Storage.Tests.Validation;

public sealed class TimestampValidationTests
{
    private const long HourMs = 3_600_000;
    private static readonly LogConfig Config = new();
    private static readonly LogConfig Recent = new() { TimestampBeforeMaxMs = 1000 };
    private static readonly LogConfig AppendTime = new() { MessageTimestampType = TimestampType.LogAppendTime };

    [Theory]
    [InlineData(HourMs, ErrorCode.None)]
    [InlineData(HourMs + 1, ErrorCode.InvalidTimestamp)]
    [InlineData(-1000, ErrorCode.None)]
    [InlineData(-1001, ErrorCode.InvalidTimestamp)]
    [InlineData(long.MaxValue / 2, ErrorCode.InvalidTimestamp)]
    public void A_timestamp_too_far_from_now_is_refused_by_its_place(long delta, ErrorCode error)
    {
        using ValidatedBatch validated = Validate(
            new RawBatch { Body = [.. RawBatch.One, .. RawBatch.Record(1, delta)], Count = 2 }, Recent);

        Assert.Equal(error, validated.Error);
        Assert.Equal(error == ErrorCode.None ? null : [1], validated.RecordErrors?.Select(e => e.BatchIndex));
    }

    [Theory]
    [InlineData(-1, ErrorCode.None)] // no timestamp
    [InlineData(-2, ErrorCode.InvalidTimestamp)]
    [InlineData(0, ErrorCode.InvalidTimestamp)]
    public void No_timestamp_is_not_an_old_one(long timestamp, ErrorCode error)
    {
        using ValidatedBatch validated = Validate(new RawBatch { BaseTimestamp = timestamp }, Recent);

        Assert.Equal(error, validated.Error);
    }

    [Fact]
    public void A_bad_timestamp_decides_the_code_over_a_missing_key()
    {
        LogConfig compacted = new() { CleanupPolicy = CleanupPolicy.Compact };
        byte[] body = [.. RawBatch.Record(0, key: -1), .. RawBatch.Record(1, 2 * HourMs), .. RawBatch.Record(2, key: -1)];

        using ValidatedBatch validated = Validate(new RawBatch { Body = body, Count = 3 }, compacted);

        Assert.Equal(ErrorCode.InvalidTimestamp, validated.Error);
        Assert.Equal([0, 1, 2], validated.RecordErrors!.Select(e => e.BatchIndex));
    }

    [Theory]
    [InlineData(0, ErrorCode.None)] // within bounds, Kafka takes it and calls it create time
    [InlineData(2 * HourMs, ErrorCode.InvalidTimestamp)]
    [InlineData(-RawBatch.NowMs - 1, ErrorCode.InvalidTimestamp)]
    public void A_producer_that_claims_append_time_is_judged_as_kafka_does(long offMs, ErrorCode error)
    {
        RawBatch batch = new() { Attributes = 8, MaxTimestamp = RawBatch.NowMs + offMs };
        using ValidatedBatch validated = Validate(batch, Config);

        Assert.Equal(error, validated.Error);
        if (error == ErrorCode.None)
        {
            Assert.Equal(TimestampType.CreateTime, validated.View.TimestampType);
            Assert.True(validated.View.IsCrcValid());
        }

        using ValidatedBatch stamped = Validate(batch, AppendTime);
        Assert.Equal(ErrorCode.InvalidTimestamp, stamped.Error);
    }

    [Fact]
    public void A_max_timestamp_that_lies_is_put_right()
    {
        byte[] body = [.. RawBatch.Record(0, 10), .. RawBatch.Record(1, 70), .. RawBatch.Record(2, 30)];
        using ValidatedBatch validated = Validate(
            new RawBatch { Body = body, Count = 3, MaxTimestamp = RawBatch.NowMs + (999 * HourMs) }, Config);

        Assert.Equal(ErrorCode.None, validated.Error);
        Assert.Equal(RawBatch.NowMs + 70, validated.View.MaxTimestamp);
        Assert.Equal(-1, validated.LogAppendTimeMs);
        Assert.True(validated.View.IsCrcValid());
    }

    [Theory]
    [InlineData(CompressionType.None)]
    [InlineData(CompressionType.Gzip)]
    [InlineData(CompressionType.Snappy)]
    [InlineData(CompressionType.Lz4)]
    [InlineData(CompressionType.Zstd)]
    public void The_append_time_is_stamped_in_place_and_the_records_stay_as_they_are(CompressionType codec)
    {
        using RecordBatchBuilder builder = new(codec);
        builder.Append(5, "k"u8.ToArray(), "v"u8.ToArray());
        builder.Append(-1, "k"u8.ToArray(), "v"u8.ToArray());
        byte[] bytes = builder.ToArray();
        byte[] body = new RecordBatchView(bytes).Body.ToArray();

        using ValidatedBatch validated = BatchValidation.Validate(bytes, AppendTime, AppendOrigin.Client, RawBatch.NowMs);

        Assert.Equal(ErrorCode.None, validated.Error);
        Assert.Equal(RawBatch.NowMs, validated.LogAppendTimeMs);
        Assert.True(validated.Bytes.Span.Overlaps(bytes));
        Assert.Equal(TimestampType.LogAppendTime, validated.View.TimestampType);
        Assert.Equal(RawBatch.NowMs, validated.View.MaxTimestamp);
        Assert.Equal(codec, validated.View.Compression);
        Assert.Equal(body, validated.View.Body);
        Assert.True(validated.View.IsCrcValid());
    }

    private static ValidatedBatch Validate(RawBatch batch, LogConfig config) =>
        BatchValidation.Validate(batch.ToArray(), config, AppendOrigin.Client, RawBatch.NowMs);
}
