using System.Numerics;
using KLog.Protocol.Compression;
using static System.Buffers.Binary.BinaryPrimitives;

namespace KLog.Broker.Storage.Inspection;

/// <summary>
/// Clients that wrote magic 0 computed an lz4 frame's header checksum over its magic number too (KAFKA-3160), which no
/// decompressor accepts: it is set right here.
/// </summary>
internal static class Lz4FrameRepair
{
    private const int DescriptorAt = 4;
    private const int ContentSizeFlag = 0x08;
    private const uint Prime1 = 2654435761;
    private const uint Prime2 = 2246822519;
    private const uint Prime3 = 3266489917;
    private const uint Prime4 = 668265263;
    private const uint Prime5 = 374761393;

    internal static ReadOnlyMemory<byte> WithRightChecksum(ReadOnlyMemory<byte> frame)
    {
        int length = frame.Length > DescriptorAt && (frame.Span[DescriptorAt] & ContentSizeFlag) != 0 ? 10 : 2;
        if (frame.Length <= DescriptorAt + length)
        {
            throw new CorruptCompressionException("the lz4 frame is cut short");
        }

        byte[] repaired = frame.ToArray();
        repaired[DescriptorAt + length] = (byte)(XxHash32(repaired.AsSpan(DescriptorAt, length)) >> 8);
        return repaired;
    }

    /// <summary>xxHash32 with the seed 0, of fewer than 16 bytes.</summary>
    private static uint XxHash32(ReadOnlySpan<byte> bytes)
    {
        uint hash = Prime5 + (uint)bytes.Length;
        for (; bytes.Length >= sizeof(uint); bytes = bytes[sizeof(uint)..])
        {
            hash = BitOperations.RotateLeft(hash + (ReadUInt32LittleEndian(bytes) * Prime3), 17) * Prime4;
        }

        foreach (byte b in bytes)
        {
            hash = BitOperations.RotateLeft(hash + (b * Prime5), 11) * Prime1;
        }

        hash = (hash ^ (hash >> 15)) * Prime2;
        hash = (hash ^ (hash >> 13)) * Prime3;
        return hash ^ (hash >> 16);
    }
}
