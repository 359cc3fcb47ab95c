using KLog.Broker.Storage.Files;
using static System.Buffers.Binary.BinaryPrimitives;

namespace KLog.Broker.Storage;

/// <summary>A transaction that was aborted: what a read_committed consumer has to leave out.</summary>
/// <param name="FirstOffset">Of the transaction's first record.</param>
/// <param name="LastOffset">Of the abort marker.</param>
/// <param name="LastStableOffset">Of the log, when the marker was appended.</param>
public readonly record struct AbortedTransaction(long ProducerId, long FirstOffset, long LastOffset, long LastStableOffset);

/// <summary>
/// A segment's aborted transactions, in the order of their markers. The file is there only when there are any.
/// <code>
///  0 int16 version (0)
///  2 int64 producer id
/// 10 int64 first offset
/// 18 int64 last offset
/// 26 int64 last stable offset
/// </code>
/// </summary>
internal static class TransactionIndex
{
    internal const int EntrySize = 34;

    internal static void Append(IFileSystem files, string path, in AbortedTransaction aborted)
    {
        Span<byte> entry = stackalloc byte[EntrySize];
        entry.Clear();
        WriteInt64BigEndian(entry[2..], aborted.ProducerId);
        WriteInt64BigEndian(entry[10..], aborted.FirstOffset);
        WriteInt64BigEndian(entry[18..], aborted.LastOffset);
        WriteInt64BigEndian(entry[26..], aborted.LastStableOffset);
        using IStorageFile file = files.Open(path, FileOpening.CreateIfMissing);
        file.Write(entry, file.Length / EntrySize * EntrySize);
    }

    internal static List<AbortedTransaction> Read(IFileSystem files, string path)
    {
        List<AbortedTransaction> all = [];
        if (!files.FileExists(path))
        {
            return all;
        }

        ReadOnlySpan<byte> bytes = files.ReadWhole(path);
        for (; bytes.Length >= EntrySize; bytes = bytes[EntrySize..])
        {
            all.Add(Parse(bytes));
        }

        return all;
    }

    internal static AbortedTransaction Parse(ReadOnlySpan<byte> entry) => new(
        ReadInt64BigEndian(entry[2..]),
        ReadInt64BigEndian(entry[10..]),
        ReadInt64BigEndian(entry[18..]),
        ReadInt64BigEndian(entry[26..]));

    /// <summary>Leaves only those whose marker lies below the offset.</summary>
    internal static void TruncateTo(IFileSystem files, string path, long offset)
    {
        List<AbortedTransaction> all = Read(files, path);
        int kept = all.FindIndex(aborted => aborted.LastOffset >= offset);
        if (kept >= 0)
        {
            using IStorageFile file = files.Open(path, FileOpening.Existing);
            file.SetLength((long)kept * EntrySize);
        }
    }
}
