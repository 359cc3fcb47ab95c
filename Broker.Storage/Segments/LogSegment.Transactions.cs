using KLog.Broker.Storage.Files;

namespace KLog.Broker.Storage;

/// <content>
/// Aborted transactions. Most segments have none, and every fetch of a read_committed consumer asks all segments from its
/// offset on: that there are none is remembered, so that no file is looked for again.
/// </content>
internal sealed partial class LogSegment
{
    private const int NotLookedAt = 0;
    private const int HasNone = 1;
    private const int HasSome = 2;

    private int _aborted;

    /// <summary>Writer. Notes a transaction whose abort marker lies in the segment.</summary>
    internal void AddAborted(in AbortedTransaction aborted)
    {
        TransactionIndex.Append(_resources.Files, TransactionIndexPath, aborted);
        Volatile.Write(ref _aborted, HasSome);
    }

    /// <summary>The aborted transactions whose markers lie in it, also while its files go by other names.</summary>
    internal IReadOnlyList<AbortedTransaction> ReadAbortedTransactions()
    {
        if (Volatile.Read(ref _aborted) == HasNone)
        {
            return [];
        }

        List<AbortedTransaction> all = ReadTransactionIndex();
        if (all.Count == 0)
        {
            // Unless one was added meanwhile.
            Interlocked.CompareExchange(ref _aborted, HasNone, NotLookedAt);
        }

        return all;
    }

    private List<AbortedTransaction> ReadTransactionIndex()
    {
        string path = TransactionIndexPath;
        try
        {
            if (_resources.Files.FileExists(path))
            {
                return TransactionIndex.Read(_resources.Files, path);
            }
        }
        catch (FileNotFoundException)
        {
            // Renamed just now.
        }

        return TransactionIndex.Read(_resources.Files, path + PartitionFolder.DeletedSuffix);
    }
}
