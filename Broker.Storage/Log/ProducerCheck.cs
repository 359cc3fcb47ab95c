using KLog.Protocol;
using KLog.Protocol.Records;

namespace KLog.Broker.Storage;

/// <summary>
/// ◆ Whether a batch may follow what its producer has appended (KIP-98, KIP-360), and what the producer's state is
/// after it. Nothing else is touched.
/// </summary>
internal static class ProducerCheck
{
    /// <summary>
    /// Applies a data batch to the state. On an error the state is not to be used.
    /// </summary>
    /// <param name="isNew">The partition knew nothing of the producer before this append: any first sequence will do,
    /// since what came before may have been deleted.</param>
    internal static ErrorCode Apply(
        ref ProducerState state, bool isNew, RecordBatchView batch, AppendOrigin origin, out string? message)
    {
        message = null;
        ErrorCode error = CheckEpoch(state, batch.ProducerEpoch, origin, ref message);
        if (error == ErrorCode.None && origin == AppendOrigin.Client)
        {
            error = CheckSequence(state, isNew, batch, ref message);
        }

        if (error != ErrorCode.None)
        {
            return error;
        }

        state.Add(
            batch.ProducerEpoch,
            new AppendedBatch(batch.LastOffset, batch.MaxTimestamp, batch.LastSequence, batch.LastOffsetDelta));
        if (state.TransactionFirstOffset >= 0 && !batch.IsTransactional)
        {
            message = $"Producer {state.ProducerId} has a transaction open, and sent a batch outside of it.";
            return ErrorCode.InvalidTxnState;
        }

        if (state.TransactionFirstOffset < 0 && batch.IsTransactional)
        {
            state.BeginTransaction(batch.BaseOffset);
        }

        return ErrorCode.None;
    }

    /// <summary>Applies the end of a transaction to the state.</summary>
    internal static ErrorCode ApplyMarker(
        ref ProducerState state,
        short epoch,
        EndTransactionMarker marker,
        long timestampMs,
        AppendOrigin origin,
        out string? message)
    {
        message = null;
        ErrorCode error = CheckEpoch(state, epoch, origin, ref message);
        if (error == ErrorCode.None && origin != AppendOrigin.Replication && state.CoordinatorEpoch > marker.CoordinatorEpoch)
        {
            message = $"A marker for producer {state.ProducerId} came from coordinator epoch {marker.CoordinatorEpoch}, "
                + $"after one from epoch {state.CoordinatorEpoch}.";
            error = ErrorCode.TransactionCoordinatorFenced;
        }

        if (error == ErrorCode.None)
        {
            state.EndTransaction(epoch, marker.CoordinatorEpoch, timestampMs);
        }

        return error;
    }

    private static ErrorCode CheckEpoch(in ProducerState state, short epoch, AppendOrigin origin, ref string? message)
    {
        if (epoch >= state.Epoch || origin == AppendOrigin.Replication)
        {
            return ErrorCode.None;
        }

        message = $"Producer {state.ProducerId} has epoch {epoch}; the last one seen is {state.Epoch}.";
        return ErrorCode.InvalidProducerEpoch;
    }

    private static ErrorCode CheckSequence(in ProducerState state, bool isNew, RecordBatchView batch, ref string? message)
    {
        int first = batch.BaseSequence;
        bool follows = isNew
            || (batch.ProducerEpoch == state.Epoch
                ? first == state.LastSequence + 1L || (first == 0 && state.LastSequence == int.MaxValue)
                : first == 0);
        if (follows)
        {
            return ErrorCode.None;
        }

        message = $"Producer {state.ProducerId} with epoch {batch.ProducerEpoch} sent sequence number {first}; the last "
            + $"one of epoch {state.Epoch} is {state.LastSequence}.";
        return ErrorCode.OutOfOrderSequenceNumber;
    }
}
