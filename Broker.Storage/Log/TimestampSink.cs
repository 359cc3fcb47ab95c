using KLog.Protocol.Records;

namespace KLog.Broker.Storage;

/// <summary>◆ Looks for a batch's first record at or after an offset that is not older than a timestamp.</summary>
internal struct TimestampSink : IRecordSink
{
    private readonly long _baseOffset;
    private readonly long _baseTimestampMs;
    private readonly long? _appendTimeMs;
    private readonly long _fromOffset;
    private readonly long _timestampMs;

    internal TimestampSink(RecordBatchView batch, long timestampMs, long fromOffset)
    {
        _baseOffset = batch.BaseOffset;
        _baseTimestampMs = batch.BaseTimestamp;
        _appendTimeMs = batch.TimestampType == TimestampType.LogAppendTime ? batch.MaxTimestamp : null;
        _timestampMs = timestampMs;
        _fromOffset = fromOffset;
    }

    internal TimestampOffset? Found { get; private set; }

    public readonly bool IsDone => Found is not null;

    public void Begin(long timestampDelta, int offsetDelta, int tailLength)
    {
        long offset = _baseOffset + offsetDelta;
        long timestamp = _appendTimeMs ?? (_baseTimestampMs + timestampDelta);
        if (offset >= _fromOffset && timestamp >= _timestampMs)
        {
            Found = new TimestampOffset(timestamp, offset);
        }
    }

    public readonly void Tail(ReadOnlySpan<byte> piece)
    {
    }

    public readonly void End(bool hasKey)
    {
    }
}
