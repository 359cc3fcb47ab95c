using KLog.Protocol.Records;
using static System.Buffers.Binary.BinaryPrimitives;

namespace KLog.Broker.Storage.Inspection;

/// <summary>
/// ◆ Compares transaction indexes with the log, batch by batch over all its segments: an entry's last offset is an abort
/// marker of its producer, and every abort marker of a transaction whose records are there has an entry. A consumer that
/// reads committed records only would otherwise be given aborted ones, or miss others.
/// </summary>
internal sealed class TransactionIndexCheck
{
    /// <summary>Where each producer's open transaction starts, as far as the batches tell.</summary>
    private readonly Dictionary<long, long> _open = [];

    private readonly Dictionary<long, long> _lastMarkers = [];
    private readonly Dictionary<long, Entry> _entries = [];
    private Action<int, long, string> _report = (_, _, _) => { };

    /// <summary>Where the next batch starts unless something is missing; what came before the log is missing too.</summary>
    private long _next;
    private bool _isAllThere = true;

    private readonly record struct Entry(int At, AbortedTransaction Transaction);

    /// <summary>Begins with the next segment's file, empty when there is none.</summary>
    /// <param name="report">Takes a place in the index file, an offset, and what is wrong.</param>
    internal void OnSegment(ReadOnlySpan<byte> file, long baseOffset, Action<int, long, string> report)
    {
        _report = report;
        _entries.Clear();
        long last = baseOffset - 1;
        for (int at = 0; at + TransactionIndex.EntrySize <= file.Length; at += TransactionIndex.EntrySize)
        {
            ReadOnlySpan<byte> bytes = file[at..];
            AbortedTransaction entry = TransactionIndex.Parse(bytes);
            short version = ReadInt16BigEndian(bytes);
            if (version != 0)
            {
                report(at, entry.LastOffset, $"the entry's version is {version}");
            }
            else if (entry.LastOffset <= last || entry.FirstOffset > entry.LastOffset || entry.FirstOffset < 0 || entry.ProducerId < 0
                || entry.LastStableOffset < 0 || entry.LastStableOffset > entry.LastOffset + 1)
            {
                report(at, entry.LastOffset, $"the entry is impossible: {entry}");
            }
            else
            {
                last = entry.LastOffset;
                _entries[entry.LastOffset] = new Entry(at, entry);
            }
        }

        if (file.Length % TransactionIndex.EntrySize != 0)
        {
            report(file.Length / TransactionIndex.EntrySize * TransactionIndex.EntrySize, -1, "the file ends within an entry");
        }
    }

    internal void OnBatch(in BatchFacts batch)
    {
        _isAllThere &= batch.BaseOffset == _next && batch.RecordCount == batch.LastOffset - batch.BaseOffset + 1;
        _next = batch.LastOffset + 1;
        if (batch is { IsTransactional: true, IsControl: false, RecordCount: > 0 })
        {
            _open.TryAdd(batch.ProducerId, batch.BaseOffset);
        }
    }

    /// <summary>A marker's batch, whole.</summary>
    internal void OnControlBatch(in BatchFacts batch, ReadOnlyMemory<byte> bytes)
    {
        bool hasRecords = _open.Remove(batch.ProducerId, out long first);
        bool isAbort = IsAbort(bytes);
        if (_entries.Remove(batch.LastOffset, out Entry entry))
        {
            if (Fault(batch, entry.Transaction, isAbort, hasRecords ? first : null) is { } fault)
            {
                _report(entry.At, batch.LastOffset, fault);
            }
        }
        else if (isAbort && hasRecords)
        {
            _report(-1, batch.LastOffset, $"there is no entry for producer {batch.ProducerId}'s transaction from offset {first} to {batch.LastOffset}, which was aborted");
        }

        _lastMarkers[batch.ProducerId] = batch.LastOffset;
    }

    /// <summary>The segment is read to its end; entries for markers that compaction has taken away may be left.</summary>
    /// <param name="end">The offset after the last batch.</param>
    internal void OnSegmentEnd(long end, bool wasReadWhole)
    {
        foreach ((long offset, Entry entry) in _entries.Where(_ => wasReadWhole))
        {
            if (_isAllThere || offset >= end)
            {
                _report(entry.At, offset, $"no abort marker has the entry's last offset {offset}");
            }
        }
    }

    private string? Fault(in BatchFacts batch, in AbortedTransaction entry, bool isAbort, long? first)
    {
        if (!isAbort || entry.ProducerId != batch.ProducerId)
        {
            return $"offset {batch.LastOffset} is not an abort marker of producer {entry.ProducerId}";
        }

        // Compaction may have taken the first records away.
        bool isFirstWrong = first is { } found && (entry.FirstOffset > found || (_isAllThere && entry.FirstOffset < found));
        if (isFirstWrong || entry.FirstOffset <= _lastMarkers.GetValueOrDefault(batch.ProducerId, -1))
        {
            return $"the transaction does not start at the entry's offset {entry.FirstOffset}";
        }

        long stable = _open.Values.Append(batch.LastOffset + 1).Min();
        return _isAllThere && entry.LastStableOffset != stable
            ? $"the last stable offset was {stable}, not the entry's {entry.LastStableOffset}"
            : null;
    }

    private static bool IsAbort(ReadOnlyMemory<byte> batch)
    {
        RecordBatchView view = new(batch.Span);
        RecordReader records = new(view.Body, view.RecordCount);
        return view.Compression == CompressionType.None
            && records.MoveNext()
            && EndTransactionMarker.TryRead(records.Key, records.Value, out EndTransactionMarker marker)
            && !marker.IsCommit;
    }
}
