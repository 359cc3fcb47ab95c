using System.Runtime.CompilerServices;
using KLog.Protocol.Records;

namespace KLog.Broker.Storage;

/// <summary>A batch that an idempotent producer appended.</summary>
/// <param name="OffsetDelta">The last offset less the first.</param>
public readonly record struct AppendedBatch(long LastOffset, long TimestampMs, int LastSequence, int OffsetDelta)
{
    public long FirstOffset => LastOffset - OffsetDelta;

    public int FirstSequence => Sequence.Add(LastSequence, -OffsetDelta);
}

/// <summary>
/// What a partition knows of one producer: its epoch, its last batches (five, as many as a producer may have in
/// flight), and its open transaction. A value: an append works on a copy, which replaces the original when the bytes
/// are written.
/// </summary>
public struct ProducerState
{
    private const int Remembered = 5;

    private Batches _batches;
    private byte _count;
    private byte _newest;

    public ProducerState(long producerId)
    {
        ProducerId = producerId;
        Epoch = RecordBatchView.NoProducerEpoch;
        CoordinatorEpoch = -1;
        LastTimestampMs = RecordBatchView.NoTimestamp;
        TransactionFirstOffset = -1;
    }

    public long ProducerId { get; }

    /// <summary>-1 for a producer that was not seen yet.</summary>
    public short Epoch { get; private set; }

    /// <summary>Of the transaction coordinator that wrote the last marker; -1 for none.</summary>
    public int CoordinatorEpoch { get; private set; }

    public long LastTimestampMs { get; private set; }

    /// <summary>Where the open transaction starts; -1 when none is open.</summary>
    public long TransactionFirstOffset { get; private set; }

    public readonly bool HasBatches => _count > 0;

    /// <summary>The newest batch; only when <see cref="HasBatches"/>.</summary>
    public readonly AppendedBatch LastBatch => _batches[_newest];

    public readonly int LastSequence => HasBatches ? LastBatch.LastSequence : RecordBatchView.NoSequence;

    public readonly long LastOffset => HasBatches ? LastBatch.LastOffset : -1;

    internal static ProducerState Restored(
        long producerId, short epoch, int coordinatorEpoch, long timestampMs, long transactionFirstOffset, AppendedBatch? last)
    {
        ProducerState state = new(producerId)
        {
            Epoch = epoch,
            CoordinatorEpoch = coordinatorEpoch,
            LastTimestampMs = timestampMs,
            TransactionFirstOffset = transactionFirstOffset,
        };
        if (last is { } batch)
        {
            state._batches[0] = batch;
            state._count = 1;
        }

        return state;
    }

    internal readonly bool TryFindDuplicate(short epoch, int firstSequence, int lastSequence, out AppendedBatch duplicate)
    {
        for (int i = 0; i < _count && epoch == Epoch; i++)
        {
            duplicate = _batches[(_newest + Remembered - i) % Remembered];
            if (duplicate.FirstSequence == firstSequence && duplicate.LastSequence == lastSequence)
            {
                return true;
            }
        }

        duplicate = default;
        return false;
    }

    internal void Add(short epoch, AppendedBatch batch)
    {
        SetEpoch(epoch);
        _newest = (byte)(_count == 0 ? 0 : (_newest + 1) % Remembered);
        _batches[_newest] = batch;
        _count = (byte)Math.Min(_count + 1, Remembered);
        LastTimestampMs = batch.TimestampMs;
    }

    internal void BeginTransaction(long firstOffset) => TransactionFirstOffset = firstOffset;

    internal void EndTransaction(short epoch, int coordinatorEpoch, long timestampMs)
    {
        SetEpoch(epoch);
        CoordinatorEpoch = coordinatorEpoch;
        LastTimestampMs = timestampMs;
        TransactionFirstOffset = -1;
    }

    // A new epoch counts its sequence numbers from 0 again.
    private void SetEpoch(short epoch)
    {
        if (Epoch != epoch)
        {
            Epoch = epoch;
            _count = 0;
            _newest = 0;
        }
    }

    [InlineArray(Remembered)]
    private struct Batches
    {
        private AppendedBatch _first;
    }
}
