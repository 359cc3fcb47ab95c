using KLog.Protocol.Compression;
using KLog.Protocol.Records;
using Xunit.Abstractions;

namespace KLog.Protocol.Tests.Records;

public sealed class RecordWalkTests(ITestOutputHelper output)
{
    public static TheoryData<CompressionType> Codecs => new(Enum.GetValues<CompressionType>());

    [Theory]
    [MemberData(nameof(Codecs))]
    public void Walks_what_a_java_client_wrote(CompressionType codec)
    {
        Totals totals = new();

        Assert.Equal(RecordFault.None, RecordWalk.Run(JavaVectors.Of(codec), ref totals));

        Assert.Equal((4, 3, 172L, 6L), (totals.Count, totals.WithKey, totals.TimestampDeltas, totals.OffsetDeltas));
    }

    [Theory]
    [MemberData(nameof(Codecs))]
    public void Walks_a_batch_larger_than_the_window_and_records_larger_than_it(CompressionType codec)
    {
        Random random = Seeds.New(output);
        using RecordBatchBuilder builder = new(codec);
        int[] sizes = [10, 100_000, 700_000, 5, 262_144, 262_133, 1_000_000, 0, 90_000, 90_000, 90_000];
        long bytes = 0;
        foreach (int size in sizes)
        {
            byte[] value = random.Bytes(size);
            value.AsSpan(size / 2).Clear();
            builder.Append(1, size == 5 ? null : "key"u8.ToArray(), value, [new RecordHeader("h", value)]);
            bytes += 2 * size;
        }

        Totals totals = new();
        Assert.Equal(RecordFault.None, RecordWalk.Run(builder.Build(), ref totals));

        Assert.Equal((sizes.Length, sizes.Length - 1), (totals.Count, totals.WithKey));
        Assert.Equal(totals.TailLengths, totals.TailBytes);
        Assert.InRange(totals.TailBytes, bytes, bytes + (20 * sizes.Length));
    }

    [Theory]
    [MemberData(nameof(Codecs))]
    public void A_count_that_lies_is_a_fault(CompressionType codec)
    {
        Totals totals = new();

        Assert.Equal(RecordFault.Short, RecordWalk.Run(WithCount(JavaVectors.Of(codec), 5), ref totals));
        Assert.Equal(RecordFault.Trailing, RecordWalk.Run(WithCount(JavaVectors.Of(codec), 3), ref totals));
    }

    [Theory]
    [InlineData(CompressionType.Gzip)]
    [InlineData(CompressionType.Lz4)]
    [InlineData(CompressionType.Zstd)]
    public void A_bomb_costs_no_memory(CompressionType codec)
    {
        byte[] bomb = Batches.Bomb(codec, contentBytes: 256 << 20);
        Assert.True(bomb.Length < 2 << 20);
        Totals totals = new();
        long before = GC.GetAllocatedBytesForCurrentThread();

        Assert.Equal(RecordFault.None, RecordWalk.Run(bomb, ref totals));

        Assert.Equal(1, totals.Count);
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 1 << 20);
    }

    [Theory]
    [MemberData(nameof(Codecs))]
    public void Garbage_fails_cleanly(CompressionType codec)
    {
        Random random = Seeds.New(output);
        byte[] good = JavaVectors.Of(codec);
        for (int i = 0; i < 3000; i++)
        {
            byte[] bytes = (byte[])good.Clone();
            int length = random.Next(RecordBatchView.HeaderSize, bytes.Length + 1);
            for (int flips = random.Next(5); flips > 0; flips--)
            {
                int at = random.Next(RecordBatchView.HeaderSize, bytes.Length);
                bytes[at] = (byte)random.Next(256);
            }

            System.Buffers.Binary.BinaryPrimitives.WriteInt32BigEndian(bytes.AsSpan(8), length - RecordBatchView.LogOverhead);
            Totals totals = new();
            try
            {
                RecordWalk.Run(bytes.AsMemory(0, length), ref totals);
            }
            catch (CorruptCompressionException)
            {
            }
        }
    }

    [Theory]
    [InlineData(CompressionType.None)]
    [InlineData(CompressionType.Snappy)]
    [InlineData(CompressionType.Lz4)]
    [InlineData(CompressionType.Zstd)]
    public void Walking_allocates_nothing(CompressionType codec)
    {
        byte[] batch = JavaVectors.Of(codec);
        Totals totals = new();
        for (int i = 0; i < 3; i++)
        {
            RecordWalk.Run(batch, ref totals);
        }

        long before = GC.GetAllocatedBytesForCurrentThread();
        RecordWalk.Run(batch, ref totals);

        Assert.Equal(before, GC.GetAllocatedBytesForCurrentThread());
    }

    private static byte[] WithCount(byte[] batch, int count)
    {
        System.Buffers.Binary.BinaryPrimitives.WriteInt32BigEndian(batch.AsSpan(57), count);
        return batch;
    }

    private struct Totals : IRecordSink
    {
        public readonly bool IsDone => false;

        internal int Count { get; private set; }

        internal int WithKey { get; private set; }

        internal long TimestampDeltas { get; private set; }

        internal long OffsetDeltas { get; private set; }

        internal long TailLengths { get; private set; }

        internal long TailBytes { get; private set; }

        public void Begin(long timestampDelta, int offsetDelta, int tailLength)
        {
            TimestampDeltas += timestampDelta;
            OffsetDeltas += offsetDelta;
            TailLengths += tailLength;
        }

        public void Tail(ReadOnlySpan<byte> piece) => TailBytes += piece.Length;

        public void End(bool hasKey)
        {
            Count++;
            WithKey += hasKey ? 1 : 0;
        }
    }
}
