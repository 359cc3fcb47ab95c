using KLog.Broker.Storage.Inspection;

namespace KLog.Broker.Storage.Tests.Inspection;

public class LeaderEpochCheckTests
{
    [Theory]
    [InlineData(0, 0, null)]
    [InlineData(15, 0, null)]
    [InlineData(20, 3, null)]
    [InlineData(20, 0, "the batch's leader epoch is 0, but leader-epoch-checkpoint says 3")]
    [InlineData(5, 1, "the batch's leader epoch is 1, but leader-epoch-checkpoint says 0")]
    [InlineData(5, -2, "no leader has the epoch -2")]
    [InlineData(5, -1, null)]
    public void An_epoch_is_the_one_that_the_checkpoint_has_for_the_offset(long offset, int epoch, string? fault)
    {
        LeaderEpochCheck check = new([new(0, 0), new(3, 20)], 0);
        Assert.Equal(fault, check.OnBatch(Batch(offset, epoch)));
        Assert.False(check.IsIncomplete);
    }

    [Fact]
    public void Epochs_that_fall_are_named_once()
    {
        LeaderEpochCheck check = new([new(0, 0), new(3, 20)], 0);
        Assert.Null(check.OnBatch(Batch(20, 3)));
        Assert.Equal("the batch's leader epoch 2 is below 3, that of the batch before it", check.OnBatch(Batch(22, 2)));
        Assert.Null(check.OnBatch(Batch(24, 2)));
    }

    [Fact]
    public void Batches_before_the_first_epoch_that_is_known()
    {
        LeaderEpochCheck check = new([new(2, 100)], 0);
        Assert.Null(check.OnBatch(Batch(10, 1)));
        Assert.True(check.IsIncomplete);
        Assert.Equal("the batch's leader epoch 0 is not in leader-epoch-checkpoint", new LeaderEpochCheck([], 0).OnBatch(Batch(10, 0)));
        LeaderEpochCheck below = new([new(2, 100)], logStartOffset: 50);
        Assert.Null(below.OnBatch(Batch(10, 9)));
        Assert.False(below.IsIncomplete);
    }

    private static BatchFacts Batch(long offset, int epoch) => new(offset, offset + 1, 0, 100, 0, 2, epoch, -1, false, false);
}
