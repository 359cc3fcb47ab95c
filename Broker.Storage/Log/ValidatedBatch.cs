using KLog.Protocol;
using KLog.Protocol.Compression;
using KLog.Protocol.Records;

namespace KLog.Broker.Storage;

/// <summary>
/// What <see cref="BatchValidation"/> made of a produced batch: an error, or the batch as it is to be appended, which
/// lacks only its base offset and its leader epoch (<see cref="RecordBatchFields"/>; neither is under the CRC).
/// Dispose it once the bytes are written: a batch that was written anew lies in pooled memory.
/// </summary>
public readonly struct ValidatedBatch : IDisposable
{
    private readonly PooledOutput? _rewritten;

    internal ValidatedBatch(Memory<byte> bytes, PooledOutput? rewritten, long logAppendTimeMs)
    {
        Bytes = bytes;
        _rewritten = rewritten;
        LogAppendTimeMs = logAppendTimeMs;
    }

    private ValidatedBatch(ErrorCode error, string? message, (int BatchIndex, string? Message)[]? recordErrors)
    {
        Error = error;
        ErrorMessage = message;
        RecordErrors = recordErrors;
        LogAppendTimeMs = RecordBatchView.NoTimestamp;
    }

    public ErrorCode Error { get; }

    public string? ErrorMessage { get; }

    /// <summary>The records that were refused, by their place in the batch (KIP-467).</summary>
    public (int BatchIndex, string? Message)[]? RecordErrors { get; }

    /// <summary>Exactly one batch: a slice of what was given, or pooled memory that lives until <see cref="Dispose"/>.</summary>
    public Memory<byte> Bytes { get; }

    /// <summary>
    /// The batch's header. Its record count and its max timestamp are those of the records; the time index takes the
    /// batch's last offset as the offset of the max timestamp, as Kafka does since 3.8.
    /// </summary>
    public RecordBatchView View => new(Bytes.Span);

    /// <summary>-1 when the topic keeps its producers' timestamps.</summary>
    public long LogAppendTimeMs { get; }

    public void Dispose() => _rewritten?.Dispose();

    internal static ValidatedBatch Refused(
        ErrorCode error, string? message, (int BatchIndex, string? Message)[]? recordErrors = null) =>
        new(error, message, recordErrors);
}
