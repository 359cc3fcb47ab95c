using KLog.Protocol;
using KLog.Protocol.Records;
using Xunit.Abstractions;

namespace KLog.Broker.Storage.Tests.Validation;

public sealed class ValidationFuzzTests(ITestOutputHelper output)
{
    [Theory]
    [InlineData(CompressionType.None)]
    [InlineData(CompressionType.Gzip)]
    [InlineData(CompressionType.Snappy)]
    [InlineData(CompressionType.Lz4)]
    [InlineData(CompressionType.Zstd)]
    public void Whatever_a_batch_holds_the_answer_is_an_error_or_a_valid_batch(CompressionType codec)
    {
        int seed = Environment.GetEnvironmentVariable("KLOG_SEED") is { } set
            ? int.Parse(set, System.Globalization.CultureInfo.InvariantCulture)
            : Random.Shared.Next();
        output.WriteLine($"KLOG_SEED={seed}");
        Random random = new(seed);
        byte[] good = Build(codec, random);
        int taken = 0;
        for (int i = 0; i < 4000; i++)
        {
            byte[] bytes = (byte[])good.Clone();
            for (int flips = random.Next(4); flips > 0; flips--)
            {
                int at = random.Next(i % 2 == 0 ? RecordBatchView.HeaderSize : 17, bytes.Length);
                bytes[at] = (byte)random.Next(256);
            }

            RecordBatchFields.SetCrc(bytes);
            LogConfig config = new()
            {
                CompressionType = random.Next(3) == 0 ? (CompressionType)random.Next(5) : null,
                CleanupPolicy = random.Next(2) == 0 ? CleanupPolicy.Compact : CleanupPolicy.Delete,
                MessageTimestampType = (TimestampType)random.Next(2),
            };
            using ValidatedBatch validated = BatchValidation.Validate(bytes, config, AppendOrigin.Client, RawBatch.NowMs);
            if (validated.Error == ErrorCode.None)
            {
                taken++;
                Assert.True(validated.View.IsCrcValid());
                Assert.Equal(validated.View.RecordCount - 1, validated.View.LastOffsetDelta);
                Assert.Equal(config.CompressionType ?? codec, validated.View.Compression);
            }
        }

        Assert.InRange(taken, 1, 3999);
    }

    private static byte[] Build(CompressionType codec, Random random)
    {
        using RecordBatchBuilder builder = new(codec);
        for (int i = 0; i < 20; i++)
        {
            byte[] value = new byte[random.Next(100)];
            random.NextBytes(value.AsSpan(value.Length / 2));
            builder.Append(RawBatch.NowMs + i, "key"u8.ToArray(), value, [new RecordHeader("header", value)]);
        }

        return builder.ToArray();
    }
}
