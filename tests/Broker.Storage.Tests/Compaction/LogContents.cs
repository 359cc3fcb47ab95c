using KLog.Protocol;
using KLog.Protocol.Compression;
using KLog.Protocol.Records;

namespace KLog.Broker.Storage.Tests.Compaction;

/// <summary>A record as it was written, or as it is read.</summary>
/// <param name="Value">Null for a deletion.</param>
/// <param name="Rest">The record's headers, and its time.</param>
internal sealed record StoredRecord(long Offset, string? Key, string? Value, string Rest);

/// <summary>A batch as it is read.</summary>
internal sealed record StoredBatch(
    long BaseOffset, long LastOffset, long ProducerId, bool IsControl, bool IsTransactional, bool HasHorizon, long BaseTimestamp,
    CompressionType Codec, List<StoredRecord> Records);

/// <summary>Reads all of a log, as a consumer does.</summary>
internal static class LogContents
{
    public static List<StoredBatch> Read(PartitionLog log)
    {
        List<StoredBatch> all = [];
        long next = log.LogStartOffset;
        while (next < log.LogEndOffset)
        {
            LogReadResult read = log.Read(next, 1 << 16, long.MaxValue, atLeastOneBatch: true);
            Assert.Equal(ErrorCode.None, read.Error);
            if (read.Region is not { } region)
            {
                break;
            }

            using (region)
            {
                long before = next;
                byte[] bytes = new byte[region.Length];
                Assert.Equal(bytes.Length, region.Read(bytes, 0));
                BatchSplitter batches = new(bytes);
                while (batches.MoveNext())
                {
                    Assert.True(batches.Current.IsCrcValid());
                    Assert.True(batches.Current.LastOffset >= next, "batches are in order");
                    all.Add(Decode(bytes.AsMemory(batches.Position, batches.Current.SizeInBytes)));
                    next = all[^1].LastOffset + 1;
                }

                Assert.True(next > before, $"there is no whole batch at offset {before}");
            }
        }

        return all;
    }

    /// <summary>What a consumer with read_committed is given, up to the last stable offset.</summary>
    public static List<StoredRecord> ReadCommitted(PartitionLog log)
    {
        List<AbortedTransaction> aborted = [.. log.AbortedTransactions(log.LogStartOffset, log.LogEndOffset)];
        return
        [
            .. Read(log)
                .Where(batch => !batch.IsControl && batch.LastOffset < log.LastStableOffset)
                .Where(batch => !batch.IsTransactional || !aborted.Any(each => each.ProducerId == batch.ProducerId
                    && each.FirstOffset <= batch.BaseOffset && batch.LastOffset < each.LastOffset))
                .SelectMany(batch => batch.Records),
        ];
    }

    private static StoredBatch Decode(ReadOnlyMemory<byte> bytes)
    {
        RecordBatchView view = new(bytes.Span);
        byte[] body = view.Body.ToArray();
        if (view.Compression != CompressionType.None)
        {
            using Decompressor decompressor = Decompressor.Rent(view.Compression);
            decompressor.Start(body);
            byte[] content = new byte[64 * 1024];
            int length = decompressor.Read(content);
            body = content[..length];
        }

        List<StoredRecord> records = [];
        RecordReader reader = new(body, view.RecordCount);
        while (reader.MoveNext())
        {
            long time = view.TimestampType == TimestampType.LogAppendTime ? view.MaxTimestamp : view.BaseTimestamp + reader.TimestampDelta;
            Assert.True(time <= view.MaxTimestamp);
            string headers = "";
            RecordHeaders each = reader.Headers;
            while (each.MoveNext())
            {
                headers += $"{Text(each.Key)}={(each.HasValue ? Text(each.Value) : "null")};";
            }

            records.Add(new StoredRecord(
                view.BaseOffset + reader.OffsetDelta,
                reader.HasKey ? Text(reader.Key) : null,
                reader.HasValue ? Text(reader.Value) : null,
                $"{headers}@{time}"));
        }

        Assert.Equal(RecordFault.None, reader.Fault);
        return new StoredBatch(
            view.BaseOffset, view.LastOffset, view.ProducerId, view.IsControl, view.IsTransactional, view.HasDeleteHorizon,
            view.BaseTimestamp, view.Compression, records);
    }

    private static string Text(ReadOnlySpan<byte> bytes) => System.Text.Encoding.UTF8.GetString(bytes);
}
