using KLog.Protocol.Compression;
using KLog.Protocol.Records;

namespace KLog.Broker.Storage;

/// <summary>
/// Writes the records of a batch that were selected: key, value and headers byte for byte, offset deltas as they were,
/// timestamp deltas to the new batch's base timestamp.
/// </summary>
internal struct SelectedRecords : IRecordSink
{
    private readonly RecordSelection _selection;
    private readonly Compressor _compressor;
    private readonly BatchTimes _times;
    private readonly bool _keepsDeltas;
    private readonly long _baseTimestampMs;
    private int _record;

    internal SelectedRecords(RecordSelection selection, Compressor compressor, RecordBatchView batch, long baseTimestampMs)
    {
        _selection = selection;
        _compressor = compressor;
        _times = new BatchTimes(batch);
        _keepsDeltas = batch.BaseTimestamp == baseTimestampMs;
        _baseTimestampMs = baseTimestampMs;
        _record = -1;
    }

    public readonly bool IsDone => false;

    public void Begin(long timestampDelta, int offsetDelta, int tailLength)
    {
        _record++;
        if (!_selection[_record])
        {
            return;
        }

        long delta = _keepsDeltas ? timestampDelta : unchecked(_times.Of(timestampDelta) - _baseTimestampMs);
        Span<byte> head = stackalloc byte[Varint.IntBytesMax + 1 + Varint.LongBytesMax + Varint.IntBytesMax];
        int at = Varint.Write(head, 1 + Varint.SizeLong(delta) + Varint.Size(offsetDelta) + tailLength);
        head[at++] = 0;
        at += Varint.WriteLong(head[at..], delta);
        at += Varint.Write(head[at..], offsetDelta);
        _compressor.Write(head[..at]);
    }

    public readonly void Tail(ReadOnlySpan<byte> piece)
    {
        if (_selection[_record])
        {
            _compressor.Write(piece);
        }
    }

    public readonly void End(bool hasKey)
    {
    }
}
