using System.Buffers.Binary;

namespace KLog.Protocol.Compression;

/// <summary>
/// The framing of the xerial snappy library, which Kafka's Java clients write:
/// <code>
/// 0x82 'S' 'N' 'A' 'P' 'P' 'Y' 0x00 | int32 version (1) | int32 compatible version (1) | { int32 length | block }…
/// </code>
/// Numbers are big-endian. Other clients send one bare block without any framing.
/// </summary>
internal static class SnappyFraming
{
    internal const int HeaderSize = 16;

    /// <summary>Bytes of content in a block, as xerial writes by default.</summary>
    internal const int BlockSize = 32 * 1024;

    internal const int Version = 1;

    internal static ReadOnlySpan<byte> Magic => [0x82, (byte)'S', (byte)'N', (byte)'A', (byte)'P', (byte)'P', (byte)'Y', 0];

    internal static bool IsFramed(ReadOnlySpan<byte> compressed) =>
        compressed.Length >= HeaderSize && compressed.StartsWith(Magic);

    internal static void WriteHeader(Span<byte> into)
    {
        Magic.CopyTo(into);
        BinaryPrimitives.WriteInt32BigEndian(into[8..], Version);
        BinaryPrimitives.WriteInt32BigEndian(into[12..], Version);
    }
}
