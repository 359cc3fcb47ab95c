using System.Runtime.InteropServices;
using KLog.Broker.Storage.Files;
using KLog.Protocol;
using KLog.Protocol.Records;

namespace KLog.Broker.Storage;

public sealed partial class PartitionLog
{
    /// <summary>
    /// Validates the batch, gives it the next offsets and the epoch, in place where that can be, and writes it with one
    /// write. The caller may reuse the memory when this returns.
    /// </summary>
    public LogAppendResult AppendAsLeader(Memory<byte> batches, int leaderEpoch, AppendOrigin origin)
    {
        LogConfig config = _config;
        long nowMs = _resources.NowMs;

        // Outside of the lock: what takes long here, the CRC and the walk over the records, needs no offset.
        using ValidatedBatch batch = BatchValidation.Validate(batches, config, origin, nowMs);
        if (batch.Error != ErrorCode.None)
        {
            return Failed(batch.Error, batch.ErrorMessage, batch.RecordErrors);
        }

        Span<byte> bytes = batch.Bytes.Span;
        LogAppendResult result;
        lock (_writer)
        {
            LogAppendInfo append = AssignOffsets(bytes, _logEndOffset, leaderEpoch);
            result = Append(
                bytes, append, leaderEpoch, batch.View.HasProducerId, origin, config, nowMs, batch.LogAppendTimeMs);
        }

        return FlushIfDue(config, result);
    }

    /// <summary>
    /// Writes batches as the leader has them. Their offsets must follow on the log's end, possibly with gaps.
    /// </summary>
    public LogAppendResult AppendAsFollower(Memory<byte> batches)
    {
        LogConfig config = _config;
        long nowMs = _resources.NowMs;
        Span<byte> bytes = batches.Span;
        LogAppendResult result;
        lock (_writer)
        {
            if (!TryDescribe(bytes, out LogAppendInfo append, out int epoch, out bool hasProducers))
            {
                return Failed(ErrorCode.CorruptMessage, "A batch from the leader is damaged, or not in order.");
            }

            if (append.FirstOffset < _logEndOffset)
            {
                return Failed(
                    ErrorCode.OffsetOutOfRange,
                    $"The leader sent offset {append.FirstOffset}, which is below the log's end {_logEndOffset}.");
            }

            result = Append(bytes, append, epoch, hasProducers, AppendOrigin.Replication, config, nowMs, RecordBatchView.NoTimestamp);
        }

        return FlushIfDue(config, result);
    }

    // Under the writer lock; offsets and epochs stand in the batches.
    private LogAppendResult Append(
        ReadOnlySpan<byte> bytes,
        in LogAppendInfo append,
        int leaderEpoch,
        bool hasProducers,
        AppendOrigin origin,
        LogConfig config,
        long nowMs,
        long appendTimeMs)
    {
        if (IsUnusable)
        {
            return Failed(ErrorCode.KafkaStorageError, "The folder is offline.");
        }

        if (bytes.Length > config.SegmentBytes)
        {
            return Failed(
                ErrorCode.RecordListTooLarge,
                $"{bytes.Length} bytes do not fit into a segment of {config.SegmentBytes} bytes.");
        }

        ProducerAppend? producers = hasProducers ? ProducerAppend.OfThread : null;
        if (producers is not null && CheckProducers(producers, bytes, origin) is { } answer)
        {
            return answer;
        }

        try
        {
            if (_segments.Active.MustRoll(config, bytes.Length, append, nowMs))
            {
                Roll(append.FirstOffset, config);
            }

            NoteEpochs(bytes, leaderEpoch, origin);
            LogSegment active = _segments.Active;
            int position = active.Size;
            active.Append(bytes, append, config.IndexIntervalBytes, nowMs);
            PublishTail(bytes, position);
            Volatile.Write(ref _logEndOffset, append.LastOffset + 1);
            if (producers is not null)
            {
                Producers.Commit(producers);
                CompleteTransactions(producers.Completed, active);
            }

            Producers.EndOffset = append.LastOffset + 1;
        }
        catch (IOException error)
        {
            UndoAppend(error, append.FirstOffset);
            return Failed(ErrorCode.KafkaStorageError, error.Message);
        }

        return new LogAppendResult
        {
            BaseOffset = append.FirstOffset,
            LastOffset = append.LastOffset,
            LogAppendTimeMs = appendTimeMs,
            LogStartOffset = _logStartOffset,
        };
    }

    private static LogAppendInfo AssignOffsets(Span<byte> batch, long offset, int leaderEpoch)
    {
        RecordBatchFields.SetBaseOffset(batch, offset);
        RecordBatchFields.SetPartitionLeaderEpoch(batch, leaderEpoch);
        RecordBatchView view = new(batch);
        return new LogAppendInfo(offset, view.LastOffset, view.MaxTimestamp, view.LastOffset);
    }

    private static bool TryDescribe(ReadOnlySpan<byte> bytes, out LogAppendInfo append, out int epoch, out bool hasProducers)
    {
        long first = -1;
        long last = -1;
        long maxTimestamp = RecordBatchView.NoTimestamp;
        long offsetOfMax = -1;
        epoch = RecordBatchView.NoPartitionLeaderEpoch;
        hasProducers = false;
        append = default;
        BatchSplitter batches = new(bytes);
        while (batches.MoveNext())
        {
            RecordBatchView batch = batches.Current;
            if (batch.BaseOffset <= last || batch.LastOffset < batch.BaseOffset || !batch.IsCrcValid())
            {
                return false;
            }

            first = first < 0 ? batch.BaseOffset : first;
            last = batch.LastOffset;
            epoch = batch.PartitionLeaderEpoch;
            hasProducers |= batch.HasProducerId;
            if (batch.MaxTimestamp > maxTimestamp)
            {
                maxTimestamp = batch.MaxTimestamp;
                offsetOfMax = last;
            }
        }

        append = new LogAppendInfo(first, last, maxTimestamp, offsetOfMax);
        return first >= 0 && batches.Fault == BatchFault.None;
    }

    private LogAppendResult? CheckProducers(ProducerAppend producers, ReadOnlySpan<byte> bytes, AppendOrigin origin)
    {
        producers.Reset();
        for (int at = 0; at < bytes.Length;)
        {
            RecordBatchView batch = new(bytes[at..]);
            at += batch.SizeInBytes;
            ErrorCode error = batch.HasProducerId ? producers.Apply(Producers, batch, origin) : ErrorCode.None;
            if (error == ErrorCode.DuplicateSequenceNumber)
            {
                return new LogAppendResult
                {
                    BaseOffset = producers.Duplicate.FirstOffset,
                    LastOffset = producers.Duplicate.LastOffset,
                    LogAppendTimeMs = producers.Duplicate.TimestampMs,
                    LogStartOffset = _logStartOffset,
                    IsDuplicate = true,
                };
            }

            if (error != ErrorCode.None)
            {
                return Failed(error, producers.ErrorMessage);
            }
        }

        return null;
    }

    private void NoteEpochs(ReadOnlySpan<byte> bytes, int leaderEpoch, AppendOrigin origin)
    {
        // A leader stamps one epoch on all; what a follower gets may span several.
        if (origin != AppendOrigin.Replication && leaderEpoch == LeaderEpochs.LatestEpoch)
        {
            return;
        }

        for (int at = 0; at < bytes.Length;)
        {
            RecordBatchView batch = new(bytes[at..]);
            at += batch.SizeInBytes;
            if (batch.PartitionLeaderEpoch > LeaderEpochs.LatestEpoch)
            {
                LeaderEpochs.Assign(batch.PartitionLeaderEpoch, batch.BaseOffset);
            }
        }
    }

    private void PublishTail(ReadOnlySpan<byte> bytes, int position)
    {
        _tail.BeginWrite();
        for (int at = 0; at < bytes.Length;)
        {
            RecordBatchView batch = new(bytes[at..]);
            int size = batch.SizeInBytes;
            _tail.Add(batch.BaseOffset, batch.LastOffset + 1, position + at, size);
            at += size;
        }

        _tail.EndWrite();
    }

    private void CompleteTransactions(List<CompletedTransaction> completed, LogSegment active)
    {
        foreach (ref readonly CompletedTransaction transaction in CollectionsMarshal.AsSpan(completed))
        {
            if (transaction.IsAborted)
            {
                AbortedTransaction aborted = new(
                    transaction.ProducerId,
                    transaction.FirstOffset,
                    transaction.LastOffset,
                    Producers.LastStableOffset(transaction));
                active.AddAborted(aborted);
            }

            Producers.Complete(transaction);
        }
    }

    /// <summary>
    /// After a failed write the file may be longer than what was published: it is cut back, so that the next append,
    /// and a recovery, find no half batch. A disk that is full stays in use; any other failure gives it up.
    /// </summary>
    private void UndoAppend(IOException error, long firstOffset)
    {
        if (_logEndOffset > firstOffset)
        {
            // The records are there, but what belongs to them was not written: only a recovery can tell.
            Directory.Fail(error);
            return;
        }

        LogSegment active = _segments.Active;
        try
        {
            active.File.SetLength(active.Size);
            if (DiskError.IsDiskFull(error))
            {
                return;
            }
        }
        catch (IOException)
        {
            // Reported by what follows: the first error tells more.
        }

        Directory.Fail(error);
    }
}
