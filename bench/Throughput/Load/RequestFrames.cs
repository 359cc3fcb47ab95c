using System.Runtime.InteropServices;
using KLog.Protocol;
using KLog.Protocol.Wire;

namespace KLog.Bench.Throughput.Load;

/// <summary>
/// The frames of ready-made requests, in memory that does not move. A produce request is split in two, so that all
/// partitions share one copy of the batch, which stays in the processor's cache:
/// <code>
/// head: int32 size | header | null transactional id | acks | time-out | 1 topic: name | 1 partition: index | int32 length
/// body: the batch
/// </code>
/// </summary>
internal static class RequestFrames
{
    /// <summary>Produce 7: the newest with old strings and fixed offsets, known to Kafka 2.1 and to 4.x alike.</summary>
    internal const short ProduceVersion = 7;

    /// <summary>Fetch 11: the newest with old strings; names topics, not ids.</summary>
    internal const short FetchVersion = 11;

    private const string ClientId = "klog-bench";

    /// <summary>Everything of a produce request up to the batch, whose length it already counts.</summary>
    internal static byte[] ProduceHead(string topic, int partition, int batchLength, short acks)
    {
        using WireWriter writer = Begin(ApiKey.Produce, ProduceVersion, correlationId: partition);
        writer.WriteString(null, compact: false);
        writer.WriteInt16(acks);
        writer.WriteInt32(30_000);
        writer.WriteInt32(1);
        writer.WriteString(topic, compact: false);
        writer.WriteInt32(1);
        writer.WriteInt32(partition);
        writer.WriteInt32(batchLength);
        return End(writer, batchLength);
    }

    /// <summary>A fetch of one partition without a session. <paramref name="offsetAt"/> is where its offset is patched in.</summary>
    internal static byte[] Fetch(string topic, int partition, int waitMs, int maxBytes, out int offsetAt)
    {
        using WireWriter writer = Begin(ApiKey.Fetch, FetchVersion, correlationId: partition);
        writer.WriteInt32(-1);
        writer.WriteInt32(waitMs);
        writer.WriteInt32(1);
        writer.WriteInt32(maxBytes + 1024);
        writer.WriteInt8(0);
        writer.WriteInt32(0);
        writer.WriteInt32(-1);
        writer.WriteInt32(1);
        writer.WriteString(topic, compact: false);
        writer.WriteInt32(1);
        writer.WriteInt32(partition);
        writer.WriteInt32(-1);
        offsetAt = writer.Position;
        writer.WriteInt64(0);
        writer.WriteInt64(-1);
        writer.WriteInt32(maxBytes);
        writer.WriteInt32(0);
        writer.WriteString("", compact: false);
        return End(writer, 0);
    }

    /// <summary>The size, still 0, and a header without tagged fields.</summary>
    internal static WireWriter Begin(ApiKey apiKey, short version, int correlationId)
    {
        WireWriter writer = new();
        writer.WriteInt32(0);
        writer.WriteInt16((short)apiKey);
        writer.WriteInt16(version);
        writer.WriteInt32(correlationId);
        writer.WriteString(ClientId, compact: false);
        return writer;
    }

    internal static byte[] End(WireWriter writer, int bytesThatFollow)
    {
        writer.PatchInt32(0, writer.Position - 4 + bytesThatFollow);
        return writer.Written.ToArray();
    }
}

/// <summary>Bytes outside the collected heap, for system calls to point at.</summary>
internal sealed unsafe class FixedBytes : IDisposable
{
    internal FixedBytes(int length)
    {
        Length = length;
        Start = (byte*)NativeMemory.AlignedAlloc((nuint)length, 64);
    }

    internal FixedBytes(ReadOnlySpan<byte> content)
        : this(content.Length) => content.CopyTo(Span);

    internal byte* Start { get; }

    internal int Length { get; }

    internal Span<byte> Span => new(Start, Length);

    public void Dispose() => NativeMemory.AlignedFree(Start);
}
