using KLog.Broker.Storage.Tests.Support;
using KLog.Protocol;
using KLog.Protocol.Records;

namespace KLog.Broker.Storage.Tests.Log;

public class IdempotenceTests
{
    [Fact]
    public void A_batch_sent_again_gets_its_first_offsets()
    {
        using TestStore test = new();
        for (int i = 0; i < 5; i++)
        {
            Append(test, sequence: i * 2);
        }

        for (int i = 0; i < 5; i++)
        {
            LogAppendResult again = Append(test, sequence: i * 2);
            Assert.Equal((ErrorCode.None, true, i * 2L, (i * 2L) + 1), (again.Error, again.IsDuplicate, again.BaseOffset, again.LastOffset));
        }

        Assert.Equal(10, test.Log.LogEndOffset);
    }

    [Fact]
    public void Five_batches_are_remembered_and_no_more()
    {
        using TestStore test = new();
        for (int i = 0; i < 6; i++)
        {
            Append(test, sequence: i * 2);
        }

        Assert.Equal(ErrorCode.OutOfOrderSequenceNumber, Append(test, sequence: 0).Error);
        Assert.True(Append(test, sequence: 2).IsDuplicate);
    }

    [Theory]
    [InlineData(0, 2, ErrorCode.None)]
    [InlineData(0, 3, ErrorCode.OutOfOrderSequenceNumber)]
    [InlineData(0, 1, ErrorCode.OutOfOrderSequenceNumber)]
    [InlineData(1, 0, ErrorCode.None)]
    [InlineData(1, 2, ErrorCode.OutOfOrderSequenceNumber)]
    [InlineData(-2, 2, ErrorCode.InvalidProducerEpoch)]
    public void After_sequence_1_of_an_epoch(int epochChange, int sequence, ErrorCode expected)
    {
        using TestStore test = new();
        Append(test, sequence: 0, epoch: 5);
        LogAppendResult result = Append(test, sequence, (short)(5 + epochChange));
        Assert.Equal((expected, false), (result.Error, result.IsDuplicate));
        Assert.Equal(expected == ErrorCode.None ? 4 : 2, test.Log.LogEndOffset);
    }

    [Fact]
    public void A_producer_that_is_not_known_may_start_anywhere()
    {
        using TestStore test = new();
        Assert.Equal(ErrorCode.None, Append(test, sequence: 1234).Error);
        Assert.Equal(ErrorCode.None, Append(test, sequence: 1236).Error);
    }

    [Fact]
    public void Sequence_numbers_start_again_after_the_largest()
    {
        using TestStore test = new();
        Append(test, sequence: int.MaxValue - 1);
        Assert.Equal(ErrorCode.None, Append(test, sequence: 0).Error);
        Assert.True(Append(test, sequence: int.MaxValue - 1).IsDuplicate);
    }

    [Fact]
    public async Task The_state_survives_a_restart_and_a_crash()
    {
        using TestStore test = new(new LogConfig { SegmentBytes = 500 });
        for (int i = 0; i < 20; i++)
        {
            Append(test, sequence: i * 2);
        }

        await test.RestartAsync();
        Assert.True(Append(test, sequence: 38).IsDuplicate);
        Assert.Equal(ErrorCode.OutOfOrderSequenceNumber, Append(test, sequence: 42).Error);
        Assert.Equal(ErrorCode.None, Append(test, sequence: 40).Error);
        test.Crash();
        Assert.True(Append(test, sequence: 40).IsDuplicate);
        Assert.Equal(ErrorCode.None, Append(test, sequence: 42).Error);
    }

    [Fact]
    public void Idle_producers_are_forgotten()
    {
        using TestStore test = new();
        Append(test, sequence: 0);
        test.Time.NowMs += 1000;
        Assert.Equal(0, test.Log.ExpireProducers(5000));
        test.Time.NowMs += 5000;
        Assert.Equal(1, test.Log.ExpireProducers(5000));
        Assert.Empty(test.Log.Producers.ToList());
        Assert.Equal(ErrorCode.None, Append(test, sequence: 77).Error);
    }

    [Fact]
    public void An_open_transaction_holds_the_last_stable_offset()
    {
        using TestStore test = new();
        test.Log.Append(Batches.Of(2));
        test.Log.Append(Batches.Of(3, producerId: 7, epoch: 0, sequence: 0, transactional: true));
        test.Log.UpdateHighWatermark(5);
        Assert.Equal(2, test.Log.LastStableOffset);
        byte[] abort = new EndTransactionMarker(IsCommit: false, CoordinatorEpoch: 1).ToBatch(7, 0, test.Time.NowMs);
        Assert.Equal(ErrorCode.None, test.Log.AppendAsLeader(abort, 0, AppendOrigin.Coordinator).Error);
        Assert.Equal(2, test.Log.LastStableOffset);
        test.Log.UpdateHighWatermark(6);
        Assert.Equal(6, test.Log.LastStableOffset);
        Assert.Equal([new AbortedTransaction(7, 2, 5, 6)], test.Log.AbortedTransactions(0, 6));

        test.Crash();
        Assert.Equal([new AbortedTransaction(7, 2, 5, 6)], test.Log.AbortedTransactions(0, 6));
        Assert.Empty(test.Log.AbortedTransactions(6, 100));
    }

    [Fact]
    public void That_a_segment_has_no_aborted_transactions_is_looked_up_once_and_until_it_has_one()
    {
        FaultyFileSystem files = new();
        using TestStore test = new(files: files);
        test.Log.Append(Batches.Of(3, producerId: 7, epoch: 0, sequence: 0, transactional: true));
        test.Log.UpdateHighWatermark(3);
        Assert.Empty(test.Log.AbortedTransactions(0, 3));
        int lookups = files.Lookups;
        Assert.Empty(test.Log.AbortedTransactions(0, 3));
        Assert.Equal(lookups, files.Lookups);

        byte[] abort = new EndTransactionMarker(IsCommit: false, CoordinatorEpoch: 1).ToBatch(7, 0, test.Time.NowMs);
        Assert.Equal(ErrorCode.None, test.Log.AppendAsLeader(abort, 0, AppendOrigin.Coordinator).Error);
        test.Log.UpdateHighWatermark(4);
        Assert.Equal([new AbortedTransaction(7, 0, 3, 4)], test.Log.AbortedTransactions(0, 4));
    }

    [Fact]
    public void A_snapshot_is_read_as_it_was_written()
    {
        ProducerState open = new(9);
        open.Add(3, new AppendedBatch(100, 123456, 17, 4));
        open.BeginTransaction(96);
        ProducerState empty = new(10);
        empty.EndTransaction(2, 5, 777);
        byte[] file = ProducerSnapshotFile.Encode([open, empty]);
        Assert.Equal(10 + (2 * 46), file.Length);
        List<ProducerState> read = ProducerSnapshotFile.Decode(file)!;
        Assert.Equal(
            [(9L, (short)3, 17, 100L, 123456L, -1, 96L), (10L, (short)2, -1, -1L, 777L, 5, -1L)],
            read.Select(p => (p.ProducerId, p.Epoch, p.LastSequence, p.LastOffset, p.LastTimestampMs, p.CoordinatorEpoch, p.TransactionFirstOffset)));
        Assert.Equal(13, read[0].LastBatch.FirstSequence);
        for (int i = 0; i < file.Length; i++)
        {
            byte[] damaged = [.. file];
            damaged[i] ^= 0x10;
            Assert.Null(ProducerSnapshotFile.Decode(damaged));
            Assert.Null(ProducerSnapshotFile.Decode(file.AsSpan(0, i)));
        }
    }

    private static LogAppendResult Append(TestStore test, int sequence, short epoch = 0) => test.Log.AppendAsLeader(
        Batches.Of(2, producerId: 7, epoch: epoch, sequence: sequence, timestampMs: test.Time.NowMs), 0, AppendOrigin.Client);
}
