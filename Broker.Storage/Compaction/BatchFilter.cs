using KLog.Protocol.Compression;
using KLog.Protocol.Records;

namespace KLog.Broker.Storage;

/// <summary>
/// Makes of a batch what stays of it. Base offset, last offset, sequence numbers and codec are those of the original
/// always; a batch of which every record stays is the original, byte for byte. One thread at a time.
/// </summary>
internal sealed class BatchFilter(RecordRetention retention, long deleteHorizonMs) : IDisposable
{
    private readonly RecordSelection _selection = new();
    private readonly PooledOutput _output = new(capacity: 64 * 1024);

    /// <param name="batch">Its CRC was found right.</param>
    /// <param name="aborted">For the transaction index of the segment that is being written.</param>
    /// <returns>The batch itself, or another one that is valid until the next call, or nothing.</returns>
    /// <exception cref="InvalidDataException">Its records are damaged.</exception>
    internal ReadOnlyMemory<byte> Filter(ReadOnlyMemory<byte> batch, out AbortedTransaction? aborted)
    {
        RecordBatchView view = new(batch.Span);
        BatchVerdict verdict = retention.Judge(view, out aborted);
        _selection.Start();
        if (!verdict.DropsRecords && view.RecordCount > 0)
        {
            Select(batch, view);
        }

        if (_selection.KeptCount == 0)
        {
            return verdict.WhenEmpty == EmptyBatch.Goes ? default : view.RecordCount == 0 ? batch : Emptied(view);
        }

        bool getsHorizon = verdict.GetsHorizon || (_selection.HasDeletions && !view.HasDeleteHorizon);
        return _selection.KeptCount == view.RecordCount && !getsHorizon ? batch : Rewritten(batch, view, getsHorizon);
    }

    public void Dispose()
    {
        _selection.Dispose();
        _output.Dispose();
    }

    private void Select(ReadOnlyMemory<byte> batch, RecordBatchView view)
    {
        RecordSelection.Sink sink = new(_selection, retention, view);
        RecordFault fault;
        try
        {
            fault = RecordWalk.Run(batch, ref sink);
        }
        catch (CorruptCompressionException e)
        {
            throw new InvalidDataException($"the batch at offset {view.BaseOffset} cannot be decompressed: {e.Message}", e);
        }

        if (fault != RecordFault.None)
        {
            throw new InvalidDataException($"the records of the batch at offset {view.BaseOffset} are damaged: {fault}");
        }
    }

    /// <summary>Only the header.</summary>
    private ReadOnlyMemory<byte> Emptied(RecordBatchView view)
    {
        _output.Clear();
        _output.GetSpan(RecordBatchView.HeaderSize);
        _output.Advance(RecordBatchView.HeaderSize);
        BatchHeader header = HeaderOf(view) with
        {
            Compression = CompressionType.None,
            HasDeleteHorizon = false,
            BaseTimestamp = RecordBatchView.NoTimestamp,
            RecordCount = 0,
        };
        header.WriteTo(_output.Written.Span);
        return _output.Written;
    }

    private ReadOnlyMemory<byte> Rewritten(ReadOnlyMemory<byte> batch, RecordBatchView view, bool getsHorizon)
    {
        long baseTimestampMs = getsHorizon ? deleteHorizonMs : view.BaseTimestamp;
        _output.Clear();
        _output.GetSpan(RecordBatchView.HeaderSize);
        _output.Advance(RecordBatchView.HeaderSize);
        using (Compressor compressor = Compressor.Rent(view.Compression))
        {
            compressor.Start(_output, CompressionLevels.Default(view.Compression));
            SelectedRecords sink = new(_selection, compressor, view, baseTimestampMs);
            RecordWalk.Run(batch, ref sink);
            compressor.Finish();
        }

        BatchHeader header = HeaderOf(view) with
        {
            HasDeleteHorizon = getsHorizon || view.HasDeleteHorizon,
            BaseTimestamp = baseTimestampMs,
            MaxTimestamp = new BatchTimes(view).IsAppendTime ? view.MaxTimestamp : _selection.MaxTimestampMs,
            RecordCount = _selection.KeptCount,
        };
        header.WriteTo(_output.Written.Span);
        return _output.Written;
    }

    private static BatchHeader HeaderOf(RecordBatchView view) => new()
    {
        BaseOffset = view.BaseOffset,
        PartitionLeaderEpoch = view.PartitionLeaderEpoch,
        Compression = view.Compression,
        TimestampType = view.TimestampType,
        IsTransactional = view.IsTransactional,
        IsControl = view.IsControl,
        LastOffsetDelta = view.LastOffsetDelta,
        MaxTimestamp = view.MaxTimestamp,
        ProducerId = view.ProducerId,
        ProducerEpoch = view.ProducerEpoch,
        BaseSequence = view.BaseSequence,
    };
}
