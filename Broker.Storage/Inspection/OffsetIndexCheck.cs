namespace KLog.Broker.Storage.Inspection;

/// <summary>
/// ◆ Compares an offset index with its segment, batch by batch: each entry's position is where a batch starts, its offset
/// is the last one of that batch or of a later one, and neither falls.
/// </summary>
/// <param name="report">Takes an entry's place in the file, its offset, and what is wrong with it.</param>
internal sealed class OffsetIndexCheck(ReadOnlyMemory<byte> entries, long baseOffset, Action<int, long, string> report)
{
    /// <summary>An index that leaves more than this at the end, and far more than between its entries, has lost some.</summary>
    private const int SparseBytes = 1 << 20;

    private int _nextPosition;
    private int _nextOffset;
    private int _largestGap;
    private int _lastPosition;
    private bool _wasUntrusted;

    private OffsetIndex Index => new(entries.Span, baseOffset);

    /// <summary>Looks at the order of the entries. What follows one that is out of order is not compared.</summary>
    internal void CheckOrder()
    {
        OffsetIndex index = Index;
        OffsetPosition last = new(baseOffset - 1, -1);
        for (int at = 0; at < index.Count; at++)
        {
            OffsetPosition entry = index[at];
            if (entry.Offset <= last.Offset || entry.Position <= last.Position)
            {
                report(
                    at * OffsetIndex.EntrySize,
                    entry.Offset,
                    $"the entry (offset {entry.Offset}, position {entry.Position}) does not follow on (offset {last.Offset}, position {last.Position})");
                entries = entries[..(at * OffsetIndex.EntrySize)];
                return;
            }

            _largestGap = Math.Max(_largestGap, entry.Position - Math.Max(last.Position, 0));
            last = entry;
            _lastPosition = entry.Position;
        }
    }

    internal void OnBatch(in BatchFacts batch)
    {
        OffsetIndex index = Index;
        for (; _nextPosition < index.Count && index[_nextPosition].Position <= batch.Position; _nextPosition++)
        {
            OffsetPosition entry = index[_nextPosition];
            if (entry.Position < batch.Position)
            {
                Report(_nextPosition, entry, $"no batch starts at position {entry.Position}, which the entry for offset {entry.Offset} names");
            }
            else if (entry.Offset < batch.BaseOffset)
            {
                Report(_nextPosition, entry, $"the batch at position {entry.Position} starts at offset {batch.BaseOffset}, above the entry's offset {entry.Offset}");
            }
        }

        for (; _nextOffset < index.Count && index[_nextOffset].Offset <= batch.LastOffset; _nextOffset++)
        {
            OffsetPosition entry = index[_nextOffset];
            if (entry.Offset < batch.LastOffset && !_wasUntrusted)
            {
                Report(_nextOffset, entry, $"no batch ends at offset {entry.Offset}, which the entry names");
            }
        }

        _wasUntrusted = false;
    }

    /// <summary>A batch whose header is not to be believed: only that it starts there is taken from it.</summary>
    internal void OnUntrustedBatch(int position)
    {
        OffsetIndex index = Index;
        while (_nextPosition < index.Count && index[_nextPosition].Position <= position)
        {
            _nextPosition++;
        }

        _wasUntrusted = true;
    }

    /// <param name="end">Where the last batch ends.</param>
    /// <returns>A remark on an index that leaves much out: it costs time, not answers. Null when there is none.</returns>
    internal string? OnEnd(int end, bool wasReadToItsEnd)
    {
        OffsetIndex index = Index;
        for (int at = Math.Min(_nextPosition, _nextOffset); at < index.Count && wasReadToItsEnd && !_wasUntrusted; at++)
        {
            OffsetPosition entry = index[at];
            Report(at, entry, $"the entry (offset {entry.Offset}, position {entry.Position}) lies beyond the segment's end");
        }

        int rest = end - _lastPosition;
        return rest > SparseBytes + (4L * _largestGap) ? $"no entry is for the last {rest} bytes of the segment: to find an offset there takes a scan" : null;
    }

    private void Report(int at, OffsetPosition entry, string what) => report(at * OffsetIndex.EntrySize, entry.Offset, what);
}
