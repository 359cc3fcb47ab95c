using KLog.Protocol.Records;

namespace KLog.Broker.Storage;

/// <summary>How the records of a batch come to their timestamps: the base plus a delta, or all the time of the append.</summary>
internal readonly struct BatchTimes(RecordBatchView batch)
{
    private readonly long _baseMs = batch.BaseTimestamp;
    private readonly long _maxMs = batch.MaxTimestamp;

    internal bool IsAppendTime { get; } = batch.TimestampType == TimestampType.LogAppendTime;

    internal long Of(long delta) => IsAppendTime ? _maxMs : unchecked(_baseMs + delta);
}
