using KLog.Protocol.Records;

namespace KLog.Broker.Storage;

/// <summary>What becomes of a batch of which no record stays.</summary>
internal enum EmptyBatch
{
    Goes,

    /// <summary>Its header tells what nothing else does.</summary>
    Stays,
}

/// <summary>What is to be known of a batch before its records are looked at.</summary>
/// <param name="DropsRecords">None of its records stays, whatever their keys.</param>
/// <param name="GetsHorizon">A marker of which nothing is left: to go after delete.retention.ms.</param>
internal readonly record struct BatchVerdict(EmptyBatch WhenEmpty, bool DropsRecords, bool GetsHorizon);

/// <summary>
/// ◆ What stays of a compacted log: of each key the last record up to the offset map's end; a deletion (a record
/// without a value) until its batch's delete horizon (KIP-534); no record of an aborted transaction; a marker until
/// its transaction has no records and its own horizon is passed; and, emptied where need be, the last batch of each
/// producer that the log knows, so that sequence numbers and epochs survive, and the last of the stretch, so that the
/// offsets do. Batches must be given in the log's order.
/// </summary>
/// <param name="map">Of the dirty section.</param>
/// <param name="transactions">Told of each batch.</param>
/// <param name="producers">As the log knows them, by id.</param>
/// <param name="nowMs">The cleaning's time.</param>
internal sealed class RecordRetention(
    OffsetMap map,
    CleanedTransactions transactions,
    IReadOnlyDictionary<long, ProducerState> producers,
    long nowMs)
{
    /// <summary>
    /// Set from where on something is left in the log that is not cleaned: an older record there would come back to life
    /// if the deletion of its key went.
    /// </summary>
    internal bool KeepsDeletions { get; set; }

    internal KeyHash Hash(ReadOnlySpan<byte> key) => map.Hash(key);

    /// <param name="batch">The next one.</param>
    /// <param name="kept">For the transaction index of the segment that is being written.</param>
    internal BatchVerdict Judge(RecordBatchView batch, out AbortedTransaction? kept)
    {
        kept = null;
        bool drops;
        bool isMarkerOfNothing = false;
        if (batch.IsControl)
        {
            isMarkerOfNothing = transactions.IsMarkerOfNothing(batch, out kept);
            drops = isMarkerOfNothing && batch.HasDeleteHorizon && IsPast(batch.BaseTimestamp);
        }
        else
        {
            drops = transactions.IsAborted(batch);
        }

        EmptyBatch whenEmpty = batch.LastOffset == map.LatestOffset || IsLastOfProducer(batch) ? EmptyBatch.Stays : EmptyBatch.Goes;
        return new BatchVerdict(whenEmpty, drops, isMarkerOfNothing && !drops && !batch.HasDeleteHorizon);
    }

    /// <summary>Of a record that the verdict does not drop, in a batch that is no control batch.</summary>
    internal bool Keeps(RecordBatchView batch, long offset, KeyHash? key, bool hasValue)
    {
        if (offset > map.LatestOffset)
        {
            return true;
        }

        // A record without a key can never be replaced; such a one does not belong into a compacted log.
        return key is { } hash
            && offset >= map.Get(hash)
            && (hasValue || KeepsDeletions || !batch.HasDeleteHorizon || !IsPast(batch.BaseTimestamp));
    }

    private bool IsPast(long horizonMs) => horizonMs <= nowMs;

    private bool IsLastOfProducer(RecordBatchView batch) =>
        batch.HasProducerId
        && producers.TryGetValue(batch.ProducerId, out ProducerState producer)
        && (producer.HasBatches
            ? batch.LastOffset == producer.LastOffset
            : batch.IsControl && batch.ProducerEpoch == producer.Epoch);
}
