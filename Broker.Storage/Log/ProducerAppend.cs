using System.Runtime.InteropServices;
using KLog.Protocol;
using KLog.Protocol.Records;

namespace KLog.Broker.Storage;

/// <summary>A transaction whose marker was appended.</summary>
internal readonly record struct CompletedTransaction(long ProducerId, long FirstOffset, long LastOffset, bool IsAborted);

/// <summary>
/// ◆ What one append does to the producers: the new states of those that it names, to be put into the table once the
/// bytes are written. Reused from append to append by the thread that holds the writer lock.
/// </summary>
internal sealed class ProducerAppend
{
    [ThreadStatic]
    private static ProducerAppend? s_ofThread;

    private readonly List<Pending> _pending = [];

    internal static ProducerAppend OfThread => s_ofThread ??= new ProducerAppend();

    /// <summary>What was there of a producer, and what is going to be.</summary>
    private struct Pending
    {
        internal ProducerState State;
        internal bool IsNew;
    }

    internal List<CompletedTransaction> Completed { get; } = [];

    /// <summary>The batch that the log has already; set when <see cref="Apply"/> says so.</summary>
    internal AppendedBatch Duplicate { get; private set; }

    internal string? ErrorMessage { get; private set; }

    internal int Count => _pending.Count;

    internal ref readonly ProducerState this[int at] =>
        ref CollectionsMarshal.AsSpan(_pending)[at].State;

    internal void Reset()
    {
        _pending.Clear();
        Completed.Clear();
        ErrorMessage = null;
    }

    /// <summary>Takes the next batch of the append, whose offsets are assigned.</summary>
    /// <returns><see cref="ErrorCode.DuplicateSequenceNumber"/> for a duplicate.</returns>
    internal ErrorCode Apply(ProducerStateTable table, RecordBatchView batch, AppendOrigin origin)
    {
        ref Pending pending = ref Find(table, batch.ProducerId);
        if (origin == AppendOrigin.Client
            && pending.State.TryFindDuplicate(batch.ProducerEpoch, batch.BaseSequence, batch.LastSequence, out AppendedBatch duplicate))
        {
            Duplicate = duplicate;
            return ErrorCode.DuplicateSequenceNumber;
        }

        ErrorCode error;
        string? message;
        if (!batch.IsControl)
        {
            error = ProducerCheck.Apply(ref pending.State, pending.IsNew, batch, origin, out message);
        }
        else if (TryReadMarker(batch, out EndTransactionMarker marker, out long timestampMs))
        {
            long firstOffset = pending.State.TransactionFirstOffset;
            error = ProducerCheck.ApplyMarker(
                ref pending.State, batch.ProducerEpoch, marker, timestampMs, origin, out message);
            if (error == ErrorCode.None && firstOffset >= 0)
            {
                Completed.Add(new CompletedTransaction(batch.ProducerId, firstOffset, batch.LastOffset, !marker.IsCommit));
            }
        }
        else
        {
            return ErrorCode.None;
        }

        ErrorMessage = message;
        return error;
    }

    /// <summary>False for control batches of other kinds, and for those that compaction has emptied.</summary>
    private static bool TryReadMarker(RecordBatchView batch, out EndTransactionMarker marker, out long timestampMs)
    {
        RecordReader records = new(batch.Body, batch.RecordCount);
        if (records.MoveNext())
        {
            timestampMs = batch.BaseTimestamp + records.TimestampDelta;
            return EndTransactionMarker.TryRead(records.Key, records.Value, out marker);
        }

        timestampMs = RecordBatchView.NoTimestamp;
        marker = default;
        return false;
    }

    private ref Pending Find(ProducerStateTable table, long producerId)
    {
        Span<Pending> all = CollectionsMarshal.AsSpan(_pending);
        for (int i = 0; i < all.Length; i++)
        {
            if (all[i].State.ProducerId == producerId)
            {
                return ref all[i];
            }
        }

        bool known = table.TryGet(producerId, out ProducerState state);
        _pending.Add(new Pending { State = known ? state : new ProducerState(producerId), IsNew = !known });
        return ref CollectionsMarshal.AsSpan(_pending)[^1];
    }
}
