using KLog.Protocol;

namespace KLog.Broker.Storage;

/// <summary>What the batches of one append come to, once their offsets are assigned.</summary>
/// <param name="MaxTimestamp">-1 when no record has one.</param>
/// <param name="OffsetOfMaxTimestamp">The last offset of the first batch that has it.</param>
internal readonly record struct LogAppendInfo(
    long FirstOffset,
    long LastOffset,
    long MaxTimestamp,
    long OffsetOfMaxTimestamp);

/// <summary>Where batches come from, which decides how much is checked.</summary>
public enum AppendOrigin
{
    /// <summary>A produce request: everything is checked.</summary>
    Client,

    /// <summary>The broker's own coordinators: epochs are checked, sequence numbers are not.</summary>
    Coordinator,

    /// <summary>The leader: taken as they are.</summary>
    Replication,
}

/// <summary>The outcome of an append.</summary>
public readonly struct LogAppendResult
{
    public ErrorCode Error { get; init; }

    public string? ErrorMessage { get; init; }

    /// <summary>Which records were refused, and why (KIP-467).</summary>
    public (int BatchIndex, string? Message)[]? RecordErrors { get; init; }

    /// <summary>-1 when nothing was appended, unless it is a duplicate.</summary>
    public long BaseOffset { get; init; }

    public long LastOffset { get; init; }

    /// <summary>-1 when the topic's timestamps are the producers'.</summary>
    public long LogAppendTimeMs { get; init; }

    public long LogStartOffset { get; init; }

    /// <summary>The batch was in the log already; the offsets are those that it got then.</summary>
    public bool IsDuplicate { get; init; }

    /// <summary>
    /// Where flush.messages asks for a sync: ends when the append is on the disk, or fails with an <see cref="IOException"/>
    /// when it may not be. It ends on the thread that has synced, so that what follows a wait for it must be short.
    /// Null when there is nothing to wait for.
    /// </summary>
    public Task? Flushed { get; init; }

    internal static LogAppendResult Failed(
        ErrorCode error, string? message, (int BatchIndex, string? Message)[]? recordErrors, long logStartOffset) => new()
    {
        Error = error,
        ErrorMessage = message,
        RecordErrors = recordErrors,
        BaseOffset = -1,
        LastOffset = -1,
        LogAppendTimeMs = -1,
        LogStartOffset = logStartOffset,
    };
}

/// <summary>The outcome of a read.</summary>
public readonly struct LogReadResult
{
    public ErrorCode Error { get; init; }

    /// <summary>Null when there is nothing to read. The caller owns it.</summary>
    public FileRegion? Region { get; init; }

    /// <summary>There may be something, but to find it out is to wait for the disk, which was not allowed.</summary>
    public bool IsCold { get; init; }

    internal static LogReadResult Nothing => default;

    internal static LogReadResult Cold => new() { IsCold = true };

    internal static LogReadResult Failed(ErrorCode error) => new() { Error = error };
}

/// <summary>A record found by its time.</summary>
/// <param name="LeaderEpoch">Of its batch; -1 when it has none.</param>
public readonly record struct OffsetAndTimestamp(long Offset, long TimestampMs, int LeaderEpoch);
