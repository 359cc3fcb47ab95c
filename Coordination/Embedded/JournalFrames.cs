using System.Buffers.Binary;
using KLog.Protocol.Records;

namespace KLog.Coordination.Embedded;

/// <summary>What stands at a position of a journal.</summary>
internal enum FrameState
{
    Whole,

    /// <summary>The last frame, which a crash kept from being written to its end. It was never acknowledged.</summary>
    Torn,

    /// <summary>Bytes that no crash leaves behind.</summary>
    Damaged,
}

/// <summary>
/// ◆ The frames of a journal. A frame is one group of transactions that were synced together, so that at most the last
/// frame of a journal can be torn.
/// <code>
/// | length i32 | ~length i32 | CRC-32C of the payload u32 | payload: transactions |
/// </code>
/// </summary>
internal static class JournalFrames
{
    public const int HeaderSize = 12;

    /// <summary>What a disk writes whole or not at all, at the least.</summary>
    private const int SectorSize = 512;

    public static void WriteHeader(Span<byte> header, ReadOnlySpan<byte> payload)
    {
        BinaryPrimitives.WriteInt32BigEndian(header, payload.Length);
        BinaryPrimitives.WriteInt32BigEndian(header[4..], ~payload.Length);
        BinaryPrimitives.WriteUInt32BigEndian(header[8..], Crc32C.Compute(payload));
    }

    /// <summary>
    /// Looks at the frame that starts at a position below the end. A file that a crash cut short ends inside the frame, or
    /// has zeros where sectors of it never reached the disk; anything else that is wrong is damage.
    /// </summary>
    public static FrameState Look(ReadOnlySpan<byte> file, int position, out int length, out string? fault)
    {
        length = 0;
        fault = null;
        ReadOnlySpan<byte> rest = file[position..];
        if (rest.Length < HeaderSize)
        {
            return FrameState.Torn;
        }

        length = BinaryPrimitives.ReadInt32BigEndian(rest);
        if (length <= 0 || BinaryPrimitives.ReadInt32BigEndian(rest[4..]) != ~length)
        {
            fault = "the frame's length does not agree with its check";
            return HasZeroSector(file, position, position + HeaderSize) ? FrameState.Torn : FrameState.Damaged;
        }

        if (length > rest.Length - HeaderSize)
        {
            return FrameState.Torn;
        }

        if (BinaryPrimitives.ReadUInt32BigEndian(rest[8..]) == Crc32C.Compute(rest.Slice(HeaderSize, length)))
        {
            return FrameState.Whole;
        }

        int end = position + HeaderSize + length;
        fault = "the frame's CRC is wrong";
        return end == file.Length && HasZeroSector(file, position, end) ? FrameState.Torn : FrameState.Damaged;
    }

    /// <summary>Whether all that a range has of some sector is zero.</summary>
    private static bool HasZeroSector(ReadOnlySpan<byte> file, int start, int end)
    {
        for (int sector = start - (start % SectorSize); sector < end; sector += SectorSize)
        {
            int from = Math.Max(sector, start);
            if (IsZero(file[from..Math.Min(sector + SectorSize, end)]))
            {
                return true;
            }
        }

        return false;
    }

    private static bool IsZero(ReadOnlySpan<byte> bytes) => bytes.IndexOfAnyExcept((byte)0) < 0;
}
