using KLog.Protocol.Records;

namespace KLog.Protocol.Tests.Records;

public sealed class BatchSplitterTests
{
    private static readonly byte[] Batch = JavaVectors.Of(CompressionType.None);

    [Fact]
    public void Gives_each_batch_with_its_place()
    {
        byte[] second = JavaVectors.Commit;
        BatchSplitter batches = new([.. Batch, .. second]);

        Assert.True(batches.MoveNext());
        Assert.Equal((0, 7L), (batches.Position, batches.Current.BaseOffset));
        Assert.True(batches.MoveNext());
        Assert.Equal((Batch.Length, 99L), (batches.Position, batches.Current.BaseOffset));
        Assert.True(batches.Current.IsControl);
        Assert.False(batches.MoveNext());
        Assert.Equal(BatchFault.None, batches.Fault);
    }

    [Fact]
    public void A_cut_anywhere_in_the_second_batch_ends_after_the_first()
    {
        byte[] both = [.. Batch, .. Batch];
        for (int length = Batch.Length + 1; length < both.Length; length++)
        {
            BatchSplitter batches = new(both.AsSpan(0, length));
            Assert.True(batches.MoveNext());
            Assert.False(batches.MoveNext());
            Assert.Equal(BatchFault.Short, batches.Fault);
            Assert.Equal(Batch.Length, batches.NextPosition);
        }
    }

    [Theory]
    [InlineData(16, 0, BatchFault.OldMagic)]
    [InlineData(16, 1, BatchFault.OldMagic)]
    [InlineData(16, 3, BatchFault.Malformed)]
    [InlineData(16, 255, BatchFault.Malformed)]
    [InlineData(8, 0x80, BatchFault.Malformed)]
    [InlineData(8, 0x7f, BatchFault.Short)]
    [InlineData(11, 48, BatchFault.Malformed)]
    public void A_header_that_cannot_be_is_told(int at, byte value, BatchFault fault)
    {
        byte[] bytes = (byte[])Batch.Clone();
        bytes[at] = value;
        BatchSplitter batches = new(bytes);

        Assert.False(batches.MoveNext());
        Assert.Equal(fault, batches.Fault);
        Assert.False(batches.MoveNext());
    }
}
