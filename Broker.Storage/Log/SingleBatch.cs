using KLog.Protocol;
using KLog.Protocol.Records;
using static System.Buffers.Binary.BinaryPrimitives;

namespace KLog.Broker.Storage;

/// <summary>
/// Finds the one batch that a produce request of version 3 and up may hold for a partition, and judges the rest as
/// Kafka does: what follows and is too short to be a batch is dropped, a second batch is refused.
/// </summary>
public static class SingleBatch
{
    /// <summary>The shortest length that a batch of any magic has.</summary>
    private const int BatchLengthMin = 14;

    /// <summary>Base offset, length, leader epoch and magic: the places that all magics share.</summary>
    private const int SizeUpToMagic = 17;

    private const int MagicAt = 16;

    /// <summary>
    /// Whether the request may hold these records at all; nothing beyond the headers is looked at.
    /// INVALID_RECORD without exactly one batch of magic 2, CORRUPT_MESSAGE for impossible lengths and magics,
    /// UNSUPPORTED_COMPRESSION_TYPE for zstd where the request is too old for it (KIP-110: produce before version 7).
    /// </summary>
    /// <param name="records">A partition's records as they came.</param>
    /// <param name="zstdAllowed">The request's version knows zstd.</param>
    /// <param name="size">The batch's bytes, from the start of the records.</param>
    /// <param name="message">Why not.</param>
    public static ErrorCode Find(ReadOnlySpan<byte> records, bool zstdAllowed, out int size, out string? message)
    {
        ErrorCode error = Next(records, out size, out message);
        if (error != ErrorCode.None)
        {
            return error;
        }

        if (size == 0)
        {
            message = "The records hold no whole batch";
            return ErrorCode.InvalidRecord;
        }

        if (records[MagicAt] != RecordBatchView.MagicV2)
        {
            message = $"A batch has magic {records[MagicAt]}; only magic 2 is taken";
            return ErrorCode.InvalidRecord;
        }

        if (size < RecordBatchView.HeaderSize)
        {
            message = $"A batch of {size} bytes is shorter than its header";
            return ErrorCode.CorruptMessage;
        }

        if (!zstdAllowed && new RecordBatchView(records).Compression == CompressionType.Zstd)
        {
            message = "This version of the produce request knows no zstd";
            return ErrorCode.UnsupportedCompressionType;
        }

        return NothingFollows(records[size..], out message);
    }

    private static ErrorCode NothingFollows(ReadOnlySpan<byte> rest, out string? message)
    {
        ErrorCode error = Next(rest, out int size, out message);
        if (error != ErrorCode.None || size == 0)
        {
            return error;
        }

        message = "The records hold more than one batch";
        return ErrorCode.InvalidRecord;
    }

    /// <summary>A size of 0: what is there is too short for the batch that begins there.</summary>
    private static ErrorCode Next(ReadOnlySpan<byte> records, out int size, out string? message)
    {
        size = 0;
        message = null;
        if (records.Length < RecordBatchView.LogOverhead)
        {
            return ErrorCode.None;
        }

        int length = ReadInt32BigEndian(records[8..]);
        if (length < BatchLengthMin)
        {
            message = $"A batch cannot have a length of {length}";
            return ErrorCode.CorruptMessage;
        }

        if (records.Length < SizeUpToMagic)
        {
            return ErrorCode.None;
        }

        sbyte magic = (sbyte)records[MagicAt];
        if (magic is < 0 or > RecordBatchView.MagicV2)
        {
            message = $"A batch has magic {magic}, which is none";
            return ErrorCode.CorruptMessage;
        }

        size = length <= records.Length - RecordBatchView.LogOverhead ? length + RecordBatchView.LogOverhead : 0;
        return ErrorCode.None;
    }
}
