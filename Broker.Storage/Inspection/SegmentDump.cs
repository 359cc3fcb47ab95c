using System.Buffers;
using KLog.Broker.Storage.Files;
using KLog.Protocol.Compression;
using KLog.Protocol.Records;

namespace KLog.Broker.Storage.Inspection;

/// <summary>Shows a segment's batches, and their records, in bounded memory.</summary>
internal static class SegmentDump
{
    private const int ReadAheadBytes = 1 << 20;

    /// <summary>A batch is decompressed from one piece of memory; a larger one than this no client has made.</summary>
    private const int BatchBytesMax = 256 << 20;

    internal static void Show(IFileSystem files, string path, DumpDepth depth, IDumpOutput output)
    {
        using IStorageFile file = files.Open(path, FileOpening.ReadOnly);
        output.File(path, "segment");
        long length = file.Length;
        int size = (int)Math.Min(length, int.MaxValue);
        byte[] buffer = ArrayPool<byte>.Shared.Rent(ReadAheadBytes);
        BatchScanner scanner = new(file, 0, size, buffer);
        try
        {
            while (scanner.MoveNext())
            {
                bool isCrcValid = scanner.IsCrcValid();
                output.Row(RowOf(scanner, isCrcValid));
                if (!isCrcValid)
                {
                    Damage(scanner, $"the CRC of the batch of {scanner.BatchSize} bytes is wrong");
                }
                else if (BatchFacts.HeaderFault(scanner) is { } headerFault)
                {
                    Damage(scanner, headerFault);
                }
                else if (depth != DumpDepth.Batches && RecordsFault(ref scanner, depth, output) is { } fault)
                {
                    Damage(scanner, fault);
                }
            }

            int whole = scanner.Position + scanner.BatchSize;
            if (whole < length)
            {
                output.Damage(new Finding(FindingKind.Damage, path, -1, whole, UnreadableBytes.Describe(file, whole, length)));
            }
        }
        finally
        {
            scanner.Dispose();
            ArrayPool<byte>.Shared.Return(buffer);
        }

        void Damage(in BatchScanner at, string what) =>
            output.Damage(new Finding(FindingKind.Damage, path, at.BaseOffset, at.Position, what));
    }

    private static DumpRow RowOf(in BatchScanner scanner, bool isCrcValid)
    {
        bool isOld = scanner.Magic != RecordBatchView.MagicV2;
        RecordBatchView header = scanner.Header;
        return new DumpRow(
            "batch",
            false,
            new("baseOffset", scanner.BaseOffset),
            new("lastOffset", isOld ? scanner.BaseOffset : header.LastOffset),
            new("position", scanner.Position),
            new("size", scanner.BatchSize),
            new("magic", (int)scanner.Magic),
            new("records", isOld ? null : header.RecordCount),
            new("codec", Name(isOld ? (CompressionType)(scanner.OldAttributes & 0x07) : header.Compression)),
            new("maxTimestamp", scanner.MaxTimestamp < 0 ? null : new DumpTime(scanner.MaxTimestamp)),
            new("producerId", isOld || !header.HasProducerId ? null : header.ProducerId),
            new("producerEpoch", isOld || !header.HasProducerId ? null : (int)header.ProducerEpoch),
            new("baseSequence", isOld || header.BaseSequence < 0 ? null : header.BaseSequence),
            new("lastSequence", isOld || header.BaseSequence < 0 ? null : header.LastSequence),
            new("leaderEpoch", isOld || header.PartitionLeaderEpoch < 0 ? null : header.PartitionLeaderEpoch),
            new("flags", isOld ? OldFlags(scanner.OldAttributes) : Flags(header)),
            new("crc", isCrcValid ? "ok" : "BAD"));
    }

    private static string Name(CompressionType codec) =>
        codec <= CompressionType.Zstd ? codec.ToString().ToLowerInvariant() : $"unknown ({(int)codec})";

    private static string? OldFlags(int attributes) => (attributes & 0x08) != 0 ? "append-time" : null;

    private static string? Flags(in RecordBatchView header)
    {
        List<string> flags = [];
        if (header.TimestampType == TimestampType.LogAppendTime)
        {
            flags.Add("append-time");
        }

        if (header.IsTransactional)
        {
            flags.Add("transactional");
        }

        if (header.IsControl)
        {
            flags.Add("control");
        }

        if (header.HasDeleteHorizon)
        {
            flags.Add("delete-horizon");
        }

        return flags.Count == 0 ? null : string.Join(',', flags);
    }

    /// <summary>Shows the records; what is wrong with them, or null.</summary>
    private static string? RecordsFault(ref BatchScanner scanner, DumpDepth depth, IDumpOutput output)
    {
        int size = scanner.BatchSize;
        if (size > BatchBytesMax)
        {
            return $"the batch of {size} bytes is too large to be decompressed";
        }

        bool isOld = scanner.Magic != RecordBatchView.MagicV2;
        byte[] batch = ArrayPool<byte>.Shared.Rent(size);
        try
        {
            scanner.Batch().CopyTo(batch);
            return isOld
                ? RecordDump.ShowOld(batch.AsMemory(0, size), depth, output)
                : RecordDump.Show(batch.AsMemory(0, size), depth, output);
        }
        catch (Exception error) when (error is CorruptCompressionException or CodecMissingException)
        {
            return $"the records cannot be decompressed: {error.Message}";
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(batch);
        }
    }
}
