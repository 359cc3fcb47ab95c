using KLog.Broker.Storage.Tests.Support;
using KLog.Protocol;
using KLog.Protocol.Records;

namespace KLog.Broker.Storage.Tests.Log;

public class AppendTests
{
    [Fact]
    public void What_is_appended_is_read_with_its_offsets()
    {
        using TestStore test = new();
        Assert.Equal((0L, 2L), Offsets(test.Log.Append(Batches.Of(3))));
        Assert.Equal((3L, 3L), Offsets(test.Log.Append(Batches.Of(1))));
        Assert.Equal((4L, 6L), Offsets(test.Log.Append(Batches.Of(3))));
        Assert.Equal(7, test.Log.LogEndOffset);
        Assert.Equal([(0, 2), (3, 3), (4, 6)], test.Log.ReadAll(0));
        Assert.Equal([(3, 3), (4, 6)], test.Log.ReadAll(3));
        Assert.Equal([(4, 6)], test.Log.ReadAll(5));
    }

    [Fact]
    public void The_leader_epoch_is_stamped_and_remembered()
    {
        using TestStore test = new();
        test.Log.Append(Batches.Of(2), leaderEpoch: 1);
        test.Log.Append(Batches.Of(2), leaderEpoch: 4);
        byte[] bytes = test.Log.Read(0, 1000, long.MaxValue, true).Region!.Bytes();
        BatchSplitter batches = new(bytes);
        Assert.True(batches.MoveNext());
        Assert.Equal(1, batches.Current.PartitionLeaderEpoch);
        Assert.True(batches.MoveNext());
        Assert.Equal(4, batches.Current.PartitionLeaderEpoch);
        Assert.Equal((1, 2), test.Log.LeaderEpochs.EndOffsetFor(2, test.Log.LogEndOffset));
        Assert.Equal((4, 4), test.Log.LeaderEpochs.EndOffsetFor(4, test.Log.LogEndOffset));
        Assert.Equal((0, 0), test.Log.LeaderEpochs.EndOffsetFor(0, test.Log.LogEndOffset));
        Assert.Equal((-1, -1), test.Log.LeaderEpochs.EndOffsetFor(5, test.Log.LogEndOffset));
    }

    [Fact]
    public void A_full_segment_is_rolled()
    {
        using TestStore test = new(new LogConfig { SegmentBytes = 1000 });
        byte[] batch = Batches.Of(10, valueSize: 30);
        for (int i = 0; i < 20; i++)
        {
            test.Log.Append(batch);
        }

        Assert.Equal(10, test.Log.SegmentCount);
        Assert.Equal(Enumerable.Range(0, 10).Select(i => i * 20L), test.Log.SegmentBaseOffsets);
        Assert.Equal(Enumerable.Range(0, 20).Select(i => (i * 10L, (i * 10L) + 9)), test.Log.ReadAll(0));
    }

    [Fact]
    public void More_than_a_segment_holds_is_refused()
    {
        using TestStore test = new(new LogConfig { SegmentBytes = 1000 });
        byte[] batch = Batches.Of(10, valueSize: 100);
        Assert.Equal(ErrorCode.RecordListTooLarge, test.Log.AppendAsLeader(batch, 0, AppendOrigin.Client).Error);
        Assert.Equal(0, test.Log.LogEndOffset);
    }

    private static (long, long) Offsets(LogAppendResult result) => (result.BaseOffset, result.LastOffset);
}
