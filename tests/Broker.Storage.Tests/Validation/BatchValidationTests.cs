using KLog.Protocol;
using KLog.Protocol.Records;

namespace KLog.Broker.Storage.Tests.Validation;

/// <summary>Each case was put to Kafka 4.3.1 as well, and answers with its error code, but where it says otherwise.</summary>
public sealed class BatchValidationTests
{
    private static readonly byte[] Good = new RawBatch().ToArray();
    private static readonly LogConfig Config = new();
    private static readonly LogConfig Compacted = new() { CleanupPolicy = CleanupPolicy.Compact };

    public static TheoryData<string, byte[], ErrorCode> Framings => new()
    {
        { "one batch", Good, ErrorCode.None },
        { "nothing", [], ErrorCode.InvalidRecord },
        { "three bytes", [0, 0, 0], ErrorCode.InvalidRecord },
        { "two batches", [.. Good, .. Good], ErrorCode.InvalidRecord },
        { "a batch and a few bytes", [.. Good, 1, 2, 3, 4, 5], ErrorCode.None },
        { "a batch and a length that is too long", [.. Good, .. Enumerable.Repeat((byte)1, 40)], ErrorCode.None },
        { "a batch and a length of zero", [.. Good, .. new byte[40]], ErrorCode.CorruptMessage },
        { "a batch and half a batch", [.. Good, .. Good[..40]], ErrorCode.None },
        { "a batch that is cut short", Good[..^1], ErrorCode.InvalidRecord },
        { "a length shorter than the header", new RawBatch { Length = 30 }.ToArray(), ErrorCode.CorruptMessage },
        { "a length shorter than any batch", new RawBatch { Length = 10 }.ToArray(), ErrorCode.CorruptMessage },
        { "a negative length", new RawBatch { Length = -1 }.ToArray(), ErrorCode.CorruptMessage },
        { "a length of a gigabyte", new RawBatch { Length = 1 << 30 }.ToArray(), ErrorCode.InvalidRecord },
        { "the largest length", new RawBatch { Length = int.MaxValue }.ToArray(), ErrorCode.InvalidRecord },
        { "magic 3", new RawBatch { Magic = 3 }.ToArray(), ErrorCode.CorruptMessage },
        { "magic -1", new RawBatch { Magic = -1 }.ToArray(), ErrorCode.CorruptMessage },
        { "magic 1", new RawBatch { Magic = 1 }.ToArray(), ErrorCode.InvalidRecord },
        { "magic 0", new RawBatch { Magic = 0 }.ToArray(), ErrorCode.InvalidRecord },
    };

    public static TheoryData<string, byte[], ErrorCode> Headers => new()
    {
        { "wrong CRC", new RawBatch { Crc = 1 }.ToArray(), ErrorCode.CorruptMessage },
        { "base offset 5", new RawBatch { BaseOffset = 5 }.ToArray(), ErrorCode.InvalidRecord },
        { "count 0", new RawBatch { Body = [], Count = 0 }.ToArray(), ErrorCode.InvalidRecord },
        { "count 0, last 0", new RawBatch { Body = [], Count = 0, LastOffsetDelta = 0 }.ToArray(), ErrorCode.InvalidRecord },
        { "count -1", new RawBatch { Count = -1, LastOffsetDelta = 0 }.ToArray(), ErrorCode.InvalidRecord },
        { "last 5 of one", new RawBatch { LastOffsetDelta = 5 }.ToArray(), ErrorCode.InvalidRecord },
        { "last -1", new RawBatch { LastOffsetDelta = -1 }.ToArray(), ErrorCode.InvalidRecord },
        { "count and last at their ends", new RawBatch { Count = int.MinValue, LastOffsetDelta = int.MaxValue }.ToArray(), ErrorCode.InvalidRecord },
        { "control", new RawBatch { Attributes = 0x20 }.ToArray(), ErrorCode.InvalidRecord },
        { "producer without sequence", new RawBatch { ProducerId = 7, ProducerEpoch = 0 }.ToArray(), ErrorCode.InvalidRecord },
        { "producer -5", new RawBatch { ProducerId = -5, ProducerEpoch = -3, BaseSequence = -9 }.ToArray(), ErrorCode.None },
        { "producer epoch -1", new RawBatch { ProducerId = 77, BaseSequence = 0 }.ToArray(), ErrorCode.None },
        { "sequence without producer", new RawBatch { BaseSequence = 3 }.ToArray(), ErrorCode.None },
        { "delete horizon", new RawBatch { Attributes = 0x40 }.ToArray(), ErrorCode.None },
        { "unused attributes", new RawBatch { Attributes = 0x7f80 }.ToArray(), ErrorCode.None },
        { "codec 5", new RawBatch { Attributes = 5 }.ToArray(), ErrorCode.UnknownServerError },
        { "codec 7", new RawBatch { Attributes = 7 }.ToArray(), ErrorCode.UnknownServerError },
    };

    public static TheoryData<string, byte[], ErrorCode> Bodies => new()
    {
        { "one record for two", new RawBatch { Count = 2 }.ToArray(), ErrorCode.InvalidRecord },
        { "two records for one", new RawBatch { Body = RawBatch.Records(2) }.ToArray(), ErrorCode.InvalidRecord },
        { "record too short", new RawBatch { Body = RawBatch.Record(lengthOff: -1) }.ToArray(), ErrorCode.InvalidRecord },
        { "record too long", new RawBatch { Body = [.. RawBatch.Record(lengthOff: 1), 0] }.ToArray(), ErrorCode.InvalidRecord },
        { "key beyond the record", new RawBatch { Body = Convert.FromHexString("100000007e6162636465") }.ToArray(), ErrorCode.InvalidRecord },
        { "-1 headers", new RawBatch { Body = RawBatch.Record(headers: "01") }.ToArray(), ErrorCode.InvalidRecord },
        { "100 headers", new RawBatch { Body = RawBatch.Record(headers: "c801") }.ToArray(), ErrorCode.InvalidRecord },
        { "null header key", new RawBatch { Body = RawBatch.Record(headers: "02010278") }.ToArray(), ErrorCode.InvalidRecord },
        { "offset deltas 0, 5", new RawBatch { Body = [.. RawBatch.One, .. RawBatch.Record(5)], Count = 2 }.ToArray(), ErrorCode.None },
        { "gzip", Gzip(RawBatch.One), ErrorCode.None },
        { "gzip of garbage", Gzip([1, 2, 3, 4]), ErrorCode.InvalidRecord },
        { "gzip, one record for two", Gzip(RawBatch.One, count: 2), ErrorCode.InvalidRecord },
        { "gzip, two records for one", Gzip(RawBatch.Records(2)), ErrorCode.InvalidRecord },
        { "gzip, -1 headers", Gzip(RawBatch.Record(headers: "01")), ErrorCode.InvalidRecord },
        { "gzip, record too short (Kafka takes it)", Gzip(RawBatch.Record(lengthOff: -1)), ErrorCode.InvalidRecord },
        { "gzip, offset deltas 0, 5 (Kafka fails)", Gzip([.. RawBatch.One, .. RawBatch.Record(5)], count: 2), ErrorCode.None },
        { "gzip and garbage", new RawBatch { Body = [.. RawBatch.Gzip(RawBatch.One), 9, 9], Attributes = 1 }.ToArray(), ErrorCode.None },
        { "no gzip", new RawBatch { Body = "garbage garbage garbage"u8.ToArray(), Attributes = 1 }.ToArray(), ErrorCode.UnknownServerError },
        { "gzip cut short", new RawBatch { Body = RawBatch.Gzip(RawBatch.One)[..^9], Attributes = 1 }.ToArray(), ErrorCode.UnknownServerError },
        { "gzip without its trailer", new RawBatch { Body = RawBatch.Gzip(RawBatch.One)[..^8], Attributes = 1 }.ToArray(), ErrorCode.UnknownServerError },
        { "empty gzip", new RawBatch { Body = [], Attributes = 1 }.ToArray(), ErrorCode.UnknownServerError },
        { "no snappy", new RawBatch { Body = "garbage garbage garbage"u8.ToArray(), Attributes = 2 }.ToArray(), ErrorCode.UnknownServerError },
        { "empty snappy", new RawBatch { Body = [], Attributes = 2 }.ToArray(), ErrorCode.UnknownServerError },
        { "no lz4", new RawBatch { Body = "garbage garbage garbage"u8.ToArray(), Attributes = 3 }.ToArray(), ErrorCode.UnknownServerError },
        { "empty lz4", new RawBatch { Body = [], Attributes = 3 }.ToArray(), ErrorCode.UnknownServerError },
        { "no zstd", new RawBatch { Body = "garbage garbage garbage"u8.ToArray(), Attributes = 4 }.ToArray(), ErrorCode.UnknownServerError },
        { "empty zstd", new RawBatch { Body = [], Attributes = 4 }.ToArray(), ErrorCode.InvalidRecord },
    };

    [Theory]
    [MemberData(nameof(Framings))]
    [MemberData(nameof(Headers))]
    [MemberData(nameof(Bodies))]
    public void Answers_as_kafka_does(string batch, byte[] records, ErrorCode error)
    {
        using ValidatedBatch validated = BatchValidation.Validate(records, Config, AppendOrigin.Client, RawBatch.NowMs);

        Assert.True(error == validated.Error, $"{batch}: {validated.Error}, {validated.ErrorMessage}");
        Assert.Equal(error == ErrorCode.None, validated.ErrorMessage is null);
        if (error == ErrorCode.None)
        {
            Assert.Equal(validated.View.SizeInBytes, validated.Bytes.Length);
            Assert.True(validated.View.IsCrcValid());
        }
    }

    [Fact]
    public void What_is_too_large_is_told_before_a_wrong_crc_and_after_a_wrong_base_offset()
    {
        LogConfig small = new() { MaxMessageBytes = Good.Length - 1 };

        Assert.Equal(ErrorCode.MessageTooLarge, Validate(new RawBatch(), small));
        Assert.Equal(ErrorCode.MessageTooLarge, Validate(new RawBatch { Crc = 1 }, small));
        Assert.Equal(ErrorCode.InvalidRecord, Validate(new RawBatch { BaseOffset = 1 }, small));
        Assert.Equal(ErrorCode.None, Validate(new RawBatch(), new LogConfig { MaxMessageBytes = Good.Length }));
    }

    [Fact]
    public void The_broker_itself_may_write_control_records_and_any_count()
    {
        byte[] marker = new EndTransactionMarker(IsCommit: true, 3).ToBatch(5, 0, RawBatch.NowMs);

        using ValidatedBatch validated =
            BatchValidation.Validate(marker, Config, AppendOrigin.Coordinator, RawBatch.NowMs);

        Assert.Equal(ErrorCode.None, validated.Error);
        Assert.True(validated.View.IsControl);
    }

    [Fact]
    public void Zstd_is_refused_where_the_request_is_too_old_for_it()
    {
        byte[] zstd = new RawBatch { Attributes = 4 }.ToArray();

        Assert.Equal(ErrorCode.UnsupportedCompressionType, SingleBatch.Find(zstd, zstdAllowed: false, out _, out _));
        Assert.Equal(ErrorCode.None, SingleBatch.Find(zstd, zstdAllowed: true, out int size, out _));
        Assert.Equal(zstd.Length, size);
    }

    [Fact]
    public void A_record_without_key_is_refused_on_a_compacted_topic_by_its_place()
    {
        byte[] body = [.. RawBatch.Record(0, key: -1), .. RawBatch.Record(1), .. RawBatch.Record(2, key: -1), .. RawBatch.Record(3, key: 0)];
        foreach (byte[] batch in (byte[][])[new RawBatch { Body = body, Count = 4 }.ToArray(), Gzip(body, 4)])
        {
            using ValidatedBatch validated = BatchValidation.Validate(batch, Compacted, AppendOrigin.Client, RawBatch.NowMs);

            Assert.Equal(ErrorCode.InvalidRecord, validated.Error);
            Assert.Equal([0, 2], validated.RecordErrors!.Select(error => error.BatchIndex));
            Assert.All(validated.RecordErrors!, error => Assert.Contains("key", error.Message, StringComparison.Ordinal));
        }
    }

    [Fact]
    public void An_answer_lists_a_thousand_bad_records_at_the_most()
    {
        using ValidatedBatch validated = BatchValidation.Validate(
            new RawBatch { Body = RawBatch.Records(3000, key: -1), Count = 3000 }.ToArray(),
            Compacted,
            AppendOrigin.Client,
            RawBatch.NowMs);

        Assert.Equal(1000, validated.RecordErrors!.Length);
    }

    private static byte[] Gzip(byte[] content, int count = 1) =>
        new RawBatch { Body = RawBatch.Gzip(content), Count = count, Attributes = 1 }.ToArray();

    private static ErrorCode Validate(RawBatch batch, LogConfig config)
    {
        using ValidatedBatch validated =
            BatchValidation.Validate(batch.ToArray(), config, AppendOrigin.Client, RawBatch.NowMs);
        return validated.Error;
    }
}
