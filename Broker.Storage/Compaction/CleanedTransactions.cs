using KLog.Protocol.Records;

namespace KLog.Broker.Storage;

/// <summary>
/// ◆ Follows the transactions while a log's batches go by in order, and tells which batches they make needless: those
/// of aborted transactions at once, a marker when nothing of its transaction has gone by.
/// </summary>
internal sealed class CleanedTransactions
{
    private static readonly Comparer<AbortedTransaction> ByFirstOffset = Comparer<AbortedTransaction>.Create(
        (left, right) => (left.FirstOffset, left.LastOffset).CompareTo((right.FirstOffset, right.LastOffset)));

    /// <summary>Not reached yet.</summary>
    private readonly SortedSet<AbortedTransaction> _coming;

    /// <summary>By producer id: begun, their marker not reached.</summary>
    private readonly Dictionary<long, Aborted> _aborted;

    /// <summary>Producer ids of whose transactions a batch went by, and no marker yet.</summary>
    private readonly HashSet<long> _committed;

    internal CleanedTransactions()
        : this(new SortedSet<AbortedTransaction>(ByFirstOffset), [], [])
    {
    }

    private CleanedTransactions(
        SortedSet<AbortedTransaction> coming, Dictionary<long, Aborted> aborted, HashSet<long> committed)
    {
        _coming = coming;
        _aborted = aborted;
        _committed = committed;
    }

    private readonly record struct Aborted(AbortedTransaction Transaction, bool WasSeen);

    /// <summary>A copy that goes on by itself.</summary>
    internal CleanedTransactions Fork() =>
        new(new SortedSet<AbortedTransaction>(_coming, ByFirstOffset), new(_aborted), [.. _committed]);

    /// <summary>What the transaction indexes say of the batches that come next. Saying it twice does no harm.</summary>
    internal void Expect(IEnumerable<AbortedTransaction> aborted) => _coming.UnionWith(aborted);

    /// <summary>A batch of records goes by; true when its transaction was aborted.</summary>
    internal bool IsAborted(RecordBatchView batch)
    {
        ReachedUpTo(batch.LastOffset);
        if (!batch.IsTransactional)
        {
            return false;
        }

        // One whose marker is gone, or was passed over, must not take the producer's next transaction with it.
        if (_aborted.TryGetValue(batch.ProducerId, out Aborted aborted) && batch.BaseOffset < aborted.Transaction.LastOffset)
        {
            _aborted[batch.ProducerId] = aborted with { WasSeen = true };
            return true;
        }

        _committed.Add(batch.ProducerId);
        return false;
    }

    /// <summary>
    /// A control batch goes by; true when nothing is left of what it ends. Where that was aborted and something is left,
    /// <paramref name="kept"/> belongs into the transaction index of the segment that the marker comes to lie in.
    /// </summary>
    internal bool IsMarkerOfNothing(RecordBatchView batch, out AbortedTransaction? kept)
    {
        kept = null;
        ReachedUpTo(batch.LastOffset);
        RecordReader records = new(batch.Body, batch.RecordCount);
        if (!records.MoveNext())
        {
            // Emptied by an earlier cleaning.
            return true;
        }

        if (!EndTransactionMarker.TryRead(records.Key, records.Value, out EndTransactionMarker marker))
        {
            return false;
        }

        if (marker.IsCommit)
        {
            return !_committed.Remove(batch.ProducerId);
        }

        if (_aborted.Remove(batch.ProducerId, out Aborted aborted)
            && aborted.WasSeen
            && batch.BaseOffset <= aborted.Transaction.LastOffset)
        {
            kept = aborted.Transaction;
            return false;
        }

        return true;
    }

    private void ReachedUpTo(long offset)
    {
        while (_coming.Count > 0 && _coming.Min is { } next && next.FirstOffset <= offset)
        {
            _coming.Remove(next);
            if (!_aborted.TryGetValue(next.ProducerId, out Aborted before) || before.Transaction.LastOffset < next.FirstOffset)
            {
                _aborted[next.ProducerId] = new Aborted(next, false);
            }
        }
    }
}
