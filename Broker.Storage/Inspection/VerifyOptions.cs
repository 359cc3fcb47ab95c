namespace KLog.Broker.Storage.Inspection;

/// <summary>How far a verification goes.</summary>
public sealed record VerifyOptions
{
    /// <summary>Decompress and count every record, too.</summary>
    public bool Records { get; init; }

    /// <summary>Partitions that are read at a time.</summary>
    public int Threads { get; init; } = 1;

    /// <summary>Told of bytes that were read since the last call; by several threads.</summary>
    public Action<long>? OnBytes { get; init; }
}

/// <summary>What was looked at, and how much was found.</summary>
public readonly record struct VerifySummary(int Partitions, int Segments, long Bytes, int Damages);
