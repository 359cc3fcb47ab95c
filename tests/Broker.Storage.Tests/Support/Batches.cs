using KLog.Protocol.Records;

namespace KLog.Broker.Storage.Tests.Support;

/// <summary>Batches as producers send them.</summary>
public static class Batches
{
    public static byte[] Of(
        int records,
        int valueSize = 20,
        long timestampMs = 1_700_000_000_000,
        long producerId = -1,
        short epoch = -1,
        int sequence = -1,
        CompressionType compression = CompressionType.None,
        bool transactional = false)
    {
        using RecordBatchBuilder builder = new(compression)
        {
            ProducerId = producerId,
            ProducerEpoch = epoch,
            BaseSequence = sequence,
            IsTransactional = transactional,
        };
        for (int i = 0; i < records; i++)
        {
            byte[] value = new byte[valueSize];
            new Random(i).NextBytes(value);
            builder.Append(timestampMs + i, default, value);
        }

        return builder.ToArray();
    }

    public static byte[] Join(params byte[][] batches) => [.. batches.SelectMany(batch => batch)];

    /// <summary>The offsets of the whole batches in the bytes: base and last.</summary>
    public static List<(long Base, long Last)> OffsetsOf(ReadOnlySpan<byte> bytes)
    {
        List<(long, long)> offsets = [];
        BatchSplitter batches = new(bytes);
        while (batches.MoveNext())
        {
            Assert.True(batches.Current.IsCrcValid());
            offsets.Add((batches.Current.BaseOffset, batches.Current.LastOffset));
        }

        return offsets;
    }
}
