using KLog.Protocol;
using KLog.Protocol.Records;

namespace KLog.Broker.Storage;

/// <summary>
/// Judges each record of a produced batch: its key, its timestamp, its offset's place. ◆ This is the broker's hottest
/// loop; it allocates only for records that it refuses.
/// </summary>
internal struct RecordCheck : IRecordSink
{
    /// <summary>What an answer lists: a batch of nothing but bad records must not make an answer of many times its size.</summary>
    private const int ErrorsMax = 1000;

    private readonly bool _isCompacted;
    private readonly bool _isCreateTime;
    private readonly long _beforeMaxMs;
    private readonly long _afterMaxMs;
    private readonly long _nowMs;
    private readonly BatchTimes _times;
    private long _timestampMs;
    private List<(int BatchIndex, string? Message)>? _errors;

    internal RecordCheck(RecordBatchView batch, LogConfig config, long nowMs)
    {
        _isCompacted = config.IsCompacted;
        _isCreateTime = config.MessageTimestampType == TimestampType.CreateTime;
        _beforeMaxMs = config.TimestampBeforeMaxMs;
        _afterMaxMs = config.TimestampAfterMaxMs;
        _nowMs = nowMs;
        _times = new BatchTimes(batch);
        MaxTimestampMs = RecordBatchView.NoTimestamp;
        OffsetsInOrder = true;
    }

    public readonly bool IsDone => false;

    /// <summary>The largest of the records' timestamps; -1 when none has one.</summary>
    internal long MaxTimestampMs { get; private set; }

    /// <summary>Records seen.</summary>
    internal int Count { get; private set; }

    /// <summary>The offset deltas are 0, 1, 2 and so on.</summary>
    internal bool OffsetsInOrder { get; private set; }

    /// <summary>None, INVALID_TIMESTAMP when a timestamp is among what was refused, else INVALID_RECORD.</summary>
    internal ErrorCode Error { get; private set; }

    internal readonly (int BatchIndex, string? Message)[]? Errors => _errors?.ToArray();

    public void Begin(long timestampDelta, int offsetDelta, int tailLength)
    {
        _timestampMs = _times.Of(timestampDelta);
        MaxTimestampMs = Math.Max(MaxTimestampMs, _timestampMs);
        OffsetsInOrder &= offsetDelta == Count;
    }

    public readonly void Tail(ReadOnlySpan<byte> piece)
    {
    }

    public void End(bool hasKey)
    {
        if (_isCompacted && !hasKey)
        {
            Refuse(ErrorCode.InvalidRecord, "A record of a compacted topic needs a key");
        }
        else if (_isCreateTime && _timestampMs != RecordBatchView.NoTimestamp)
        {
            // Differences wrap around as Kafka's do.
            long ageMs = unchecked(_nowMs - _timestampMs);
            if (ageMs > _beforeMaxMs || unchecked(-ageMs) > _afterMaxMs)
            {
                Refuse(
                    ErrorCode.InvalidTimestamp,
                    $"Timestamp {_timestampMs} lies outside [{unchecked(_nowMs - _beforeMaxMs)}, {unchecked(_nowMs + _afterMaxMs)}]");
            }
        }
        else if (_times.IsAppendTime)
        {
            Refuse(ErrorCode.InvalidTimestamp, "A producer must not send the timestamp type LogAppendTime");
        }

        Count++;
    }

    private void Refuse(ErrorCode error, string message)
    {
        if (Error != ErrorCode.InvalidTimestamp)
        {
            Error = error;
        }

        _errors ??= [];
        if (_errors.Count < ErrorsMax)
        {
            _errors.Add((Count, message));
        }
    }
}
