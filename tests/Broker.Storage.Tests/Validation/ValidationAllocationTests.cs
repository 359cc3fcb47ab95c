using KLog.Protocol;
using KLog.Protocol.Records;

namespace KLog.Broker.Storage.Tests.Validation;

public sealed class ValidationAllocationTests
{
    [Theory]
    [InlineData(CompressionType.None)]
    [InlineData(CompressionType.Snappy)]
    [InlineData(CompressionType.Lz4)]
    [InlineData(CompressionType.Zstd)]
    public void A_good_batch_is_validated_without_allocating(CompressionType codec)
    {
        using RecordBatchBuilder builder = new(codec);
        for (int i = 0; i < 100; i++)
        {
            builder.Append(RawBatch.NowMs + i, null, new byte[100]);
        }

        byte[] batch = builder.ToArray();
        LogConfig config = new();
        Validate(batch, config);
        Validate(batch, config);
        long before = GC.GetAllocatedBytesForCurrentThread();

        ErrorCode error = Validate(batch, config);

        Assert.Equal(before, GC.GetAllocatedBytesForCurrentThread());
        Assert.Equal(ErrorCode.None, error);
    }

    private static ErrorCode Validate(byte[] batch, LogConfig config)
    {
        using ValidatedBatch validated = BatchValidation.Validate(batch, config, AppendOrigin.Client, RawBatch.NowMs);
        return validated.Error;
    }
}
