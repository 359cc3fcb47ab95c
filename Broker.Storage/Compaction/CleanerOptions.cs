namespace KLog.Broker.Storage;

/// <summary>How the cleaner works: Kafka's <c>log.cleaner.*</c> broker configs, with their defaults.</summary>
public sealed record CleanerOptions
{
    /// <summary>log.cleaner.enable: without it compacted topics grow for ever.</summary>
    public bool IsEnabled { get; init; } = true;

    /// <summary>log.cleaner.threads.</summary>
    public int Threads { get; init; } = 1;

    /// <summary>log.cleaner.dedupe.buffer.size: bytes of all threads' offset maps together, taken while a log is cleaned.</summary>
    public long DedupeBufferBytes { get; init; } = 128L << 20;

    /// <summary>log.cleaner.io.buffer.load.factor.</summary>
    public double LoadFactor { get; init; } = 0.9;

    /// <summary>log.cleaner.io.buffer.size: bytes of all threads' read and write buffers together.</summary>
    public int IoBufferBytes { get; init; } = 512 * 1024;

    /// <summary>log.cleaner.io.max.bytes.per.second: read and written, by all threads together.</summary>
    public double IoMaxBytesPerSecond { get; init; } = double.MaxValue;

    /// <summary>log.cleaner.backoff.ms: how long to wait when no log needs cleaning.</summary>
    public long BackoffMs { get; init; } = 15_000;

    internal long MapBytesPerThread => DedupeBufferBytes / Math.Max(1, Threads);

    /// <summary>For reading, and as much again for writing.</summary>
    internal int BufferBytesPerThread => Math.Max(BufferBytesMin, IoBufferBytes / Math.Max(1, Threads) / 2);

    private const int BufferBytesMin = 4 * 1024;
}
