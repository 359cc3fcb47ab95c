using KLog.Broker.Storage.Files;
using KLog.Protocol.Records;
using static System.Buffers.Binary.BinaryPrimitives;

namespace KLog.Broker.Storage.Inspection;

/// <summary>Says why a scan of a segment has stopped before the end.</summary>
internal static class UnreadableBytes
{
    /// <summary>A clause about the bytes from the position to the end of the file, which hold no whole batch.</summary>
    internal static string Describe(IStorageFile file, long position, long end)
    {
        Span<byte> start = stackalloc byte[RecordBatchView.HeaderSize];
        start = start[..file.Read(start[..(int)Math.Min(start.Length, end - position)], position)];
        return $"{Reason(start, end - position)}: {end - position} bytes from here on cannot be read";
    }

    private static string Reason(ReadOnlySpan<byte> start, long left)
    {
        const int MagicAt = 16;
        if (start.Length <= MagicAt)
        {
            return "the file ends within a batch's header";
        }

        if (start.IndexOfAnyExcept((byte)0) < 0)
        {
            return "zeroes lie where a batch should";
        }

        int length = ReadInt32BigEndian(start[8..]);
        sbyte magic = (sbyte)start[MagicAt];
        return magic is < 0 or > RecordBatchView.MagicV2 ? $"no batch has the magic {magic}"
            : length > left - RecordBatchView.LogOverhead && length > 0 ? $"the batch's length {length} reaches beyond the file's end"
            : $"no batch has the length {length}";
    }
}
