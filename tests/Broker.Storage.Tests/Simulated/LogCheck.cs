using KLog.Broker.Storage.Tests.Support;
using KLog.Protocol;
using KLog.Protocol.Records;

namespace KLog.Broker.Storage.Tests.Simulated;

/// <summary>Compares a log that a start has opened with what it must hold.</summary>
internal sealed class LogCheck(PartitionLog log, ExpectedLog expected, Random random)
{
    internal void Run()
    {
        long start = log.LogStartOffset;
        long end = log.LogEndOffset;
        if (expected.StartingAt == start && end == start)
        {
            expected.Found(start, end);
            return;
        }

        List<ExpectedBatch> found = ReadAll(start, end);
        Assert.True(start <= expected.Start, $"{log} starts after {expected.Start}");
        Assert.True(end >= expected.Durable, $"{log} ends before {expected.Durable}, up to where it was flushed");
        List<ExpectedBatch> from = [.. expected.Batches.Where(batch => batch.Last >= start)];
        for (int i = 0; i < found.Count; i++)
        {
            Assert.True(i < from.Count, $"{log}: a batch at {found[i].Base} that nobody appended");
            Assert.True(
                found[i].Bytes.AsSpan().SequenceEqual(from[i].Bytes),
                $"{log}: batch [{found[i].Base}, {found[i].Last}] is not the one that was appended at [{from[i].Base}, {from[i].Last}]");
        }

        Assert.Equal(found.Count == 0 ? start : found[^1].Last + 1, end);
        Assert.InRange(log.HighWatermark, start, end);
        Assert.InRange(log.RecoveryPoint, 0, end);
        long raisedStart = expected.Start;
        expected.Found(start, end);
        CheckOffsets();
        CheckTimestamps(start, end);
        CheckEpochs(start, raisedStart);
        CheckProducers();
    }

    private List<ExpectedBatch> ReadAll(long start, long end)
    {
        List<ExpectedBatch> all = [];
        for (long offset = start; offset < end;)
        {
            LogReadResult read = log.Read(offset, random.Next(1, 5000), long.MaxValue, atLeastOneBatch: true);
            Assert.Equal(ErrorCode.None, read.Error);
            Assert.True(read.Region is not null, $"{log} has nothing at {offset}");
            byte[] bytes = read.Region.Bytes();
            int taken = 0;
            BatchSplitter batches = new(bytes);
            while (batches.MoveNext())
            {
                RecordBatchView batch = batches.Current;
                Assert.True(batch.IsCrcValid(), $"{log}: the CRC of the batch at {batch.BaseOffset} is wrong");
                all.Add(new ExpectedBatch(bytes[taken..(taken + batch.SizeInBytes)]));
                taken += batch.SizeInBytes;
                offset = batch.LastOffset + 1;
            }

            Assert.True(taken > 0, $"{log}: no whole batch at {offset}, but {bytes.Length} bytes, {batches.Fault}: {Convert.ToHexString(bytes)}");
        }

        return all;
    }

    private void CheckOffsets()
    {
        foreach (ExpectedBatch batch in expected.Batches)
        {
            long offset = Math.Max(log.LogStartOffset, random.NextInt64(batch.Base, batch.Last + 1));
            byte[] bytes = log.Read(offset, 1, long.MaxValue, atLeastOneBatch: true).Region!.Bytes();
            Assert.Equal(batch.Base, new RecordBatchView(bytes).BaseOffset);
        }
    }

    private void CheckTimestamps(long start, long end)
    {
        foreach (ExpectedBatch batch in expected.Batches)
        {
            long time = batch.BaseTimestamp + random.Next(-1, 3);
            OffsetAndTimestamp? found = log.FindByTimestamp(time, end);
            (long Offset, long TimestampMs)? wanted = expected.FirstAtOrAfter(time, start);
            Assert.True(wanted?.Offset == found?.Offset && wanted?.TimestampMs == found?.TimestampMs, $"{log}: {found} for {time}, not {wanted}");
        }
    }

    /// <param name="raisedStart">
    /// Where the log was to start: the epochs may be known from there on only, when the raised start did not survive.
    /// </param>
    private void CheckEpochs(long start, long raisedStart)
    {
        List<LeaderEpochEntry> epochs = [];
        long known = log.LeaderEpochs.Entries is [LeaderEpochEntry first, ..] ? first.StartOffset : raisedStart;
        start = Math.Max(start, Math.Min(known, raisedStart));
        foreach (ExpectedBatch batch in expected.Batches.Where(batch => batch.Last >= start))
        {
            int epoch = batch.View.PartitionLeaderEpoch;
            if (epochs.Count == 0 || epochs[^1].Epoch != epoch)
            {
                epochs.Add(new LeaderEpochEntry(epoch, Math.Max(start, batch.Base)));
            }
        }

        Assert.Equal(epochs, log.LeaderEpochs.Entries.Where(entry => entry.StartOffset < log.LogEndOffset));
    }

    private void CheckProducers()
    {
        Dictionary<long, ExpectedBatch> last = [];
        foreach (ExpectedBatch batch in expected.Batches.Where(batch => batch.View.HasProducerId))
        {
            last[batch.View.ProducerId] = batch;
        }

        Dictionary<long, ProducerState> known = log.Producers.ToList().ToDictionary(state => state.ProducerId);
        foreach ((long producer, ExpectedBatch batch) in last)
        {
            Assert.True(known.TryGetValue(producer, out ProducerState state), $"{log} has forgotten producer {producer}");
            Assert.Equal((batch.View.LastSequence, batch.Last, batch.View.ProducerEpoch), (state.LastSequence, state.LastOffset, state.Epoch));
            byte[] produced = batch.Bytes.ToArray();
            RecordBatchFields.SetBaseOffset(produced, 0);
            LogAppendResult again = log.AppendAsLeader(produced, 1_000_000, AppendOrigin.Client);
            Assert.True(again is { IsDuplicate: true } && again.BaseOffset == batch.Base, $"{log} took a duplicate at {batch.Base}");
        }
    }
}
