using KLog.Protocol.Records;

namespace KLog.Broker.Storage.Inspection;

/// <summary>◆ Compares the leader epochs of a log's checkpoint with those that its batches name.</summary>
/// <param name="entries">In order.</param>
/// <param name="logStartOffset">What the checkpoint knows starts here.</param>
internal sealed class LeaderEpochCheck(IReadOnlyList<LeaderEpochEntry> entries, long logStartOffset)
{
    private int _next;
    private int _before = -1;
    private (int Known, int Found) _named = (-1, -1);

    /// <summary>
    /// Batches lie before all epochs that the checkpoint knows, and are not compared: Kafka leaves it so when it recovers a
    /// log without checkpoint whose last segment has lost its index.
    /// </summary>
    internal bool IsIncomplete { get; private set; }

    /// <summary>What is wrong with the batch's epoch, or null. The same disagreement is named once, at its first batch.</summary>
    internal string? OnBatch(in BatchFacts batch)
    {
        if (batch.LeaderEpoch < RecordBatchView.NoPartitionLeaderEpoch)
        {
            return $"no leader has the epoch {batch.LeaderEpoch}";
        }

        if (batch.LeaderEpoch < 0 || batch.LastOffset < logStartOffset)
        {
            return null;
        }

        while (_next < entries.Count && entries[_next].StartOffset <= Math.Max(batch.BaseOffset, logStartOffset))
        {
            _next++;
        }

        int known = _next == 0 ? -1 : entries[_next - 1].Epoch;
        int before = _before;
        _before = batch.LeaderEpoch;
        if (known == batch.LeaderEpoch || _named == (known, batch.LeaderEpoch))
        {
            return null;
        }

        _named = (known, batch.LeaderEpoch);
        if (known < 0 && entries.Count > 0 && batch.LeaderEpoch <= entries[0].Epoch)
        {
            IsIncomplete = true;
            return null;
        }

        return before > batch.LeaderEpoch ? $"the batch's leader epoch {batch.LeaderEpoch} is below {before}, that of the batch before it"
            : known < 0 ? $"the batch's leader epoch {batch.LeaderEpoch} is not in {PartitionFolder.LeaderEpochFile}"
            : $"the batch's leader epoch is {batch.LeaderEpoch}, but {PartitionFolder.LeaderEpochFile} says {known}";
    }
}
