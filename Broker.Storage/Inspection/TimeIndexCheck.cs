namespace KLog.Broker.Storage.Inspection;

/// <summary>
/// ◆ Compares a time index with its segment, batch by batch: an entry's timestamp is the largest one up to and in the batch
/// that holds its offset, and of a segment that is complete the last entry's is the largest of all.
/// </summary>
/// <remarks>
/// Whether a batch counts whose records were all compacted away is not the same in all versions of Kafka: both are right.
/// </remarks>
/// <param name="report">Takes an entry's place in the file, its offset, and what is wrong with it.</param>
internal sealed class TimeIndexCheck(ReadOnlyMemory<byte> entries, long baseOffset, Action<int, long, string> report)
{
    private int _next;
    private long _largest = -1;
    private long _largestOfRecords = -1;
    private bool _wasUntrusted;

    private TimeIndex Index => new(entries.Span, baseOffset);

    /// <summary>Looks at the order of the entries. What follows one that is out of order is not compared.</summary>
    internal void CheckOrder()
    {
        TimeIndex index = Index;
        TimestampOffset last = new(-1, baseOffset);
        for (int at = 0; at < index.Count; at++)
        {
            TimestampOffset entry = index[at];
            if (entry.TimestampMs <= last.TimestampMs || entry.Offset < last.Offset)
            {
                report(
                    at * TimeIndex.EntrySize,
                    entry.Offset,
                    $"the entry (timestamp {entry.TimestampMs}, offset {entry.Offset}) does not follow on (timestamp {last.TimestampMs}, offset {last.Offset})");
                entries = entries[..(at * TimeIndex.EntrySize)];
                return;
            }

            last = entry;
        }
    }

    internal void OnBatch(in BatchFacts batch)
    {
        _largest = Math.Max(_largest, batch.MaxTimestampMs);
        _largestOfRecords = batch.RecordCount == 0 ? _largestOfRecords : Math.Max(_largestOfRecords, batch.MaxTimestampMs);
        TimeIndex index = Index;
        for (; _next < index.Count && index[_next].Offset <= batch.LastOffset; _next++)
        {
            TimestampOffset entry = index[_next];
            if (_wasUntrusted)
            {
                continue;
            }

            if (entry.Offset < batch.BaseOffset)
            {
                Report(entry, $"no batch holds offset {entry.Offset}, which the entry names");
            }
            else if (!IsLargest(entry.TimestampMs))
            {
                Report(entry, $"the largest timestamp up to offset {entry.Offset} is {_largest}, not the entry's {entry.TimestampMs}");
            }
        }
    }

    /// <summary>A batch whose header is not to be believed: from here on timestamps are not compared.</summary>
    internal void OnUntrustedBatch() => _wasUntrusted = true;

    /// <param name="isComplete">The segment takes no more appends: its index ends with its largest timestamp.</param>
    internal void OnEnd(bool isComplete, bool wasReadToItsEnd)
    {
        if (_wasUntrusted || !wasReadToItsEnd)
        {
            return;
        }

        TimeIndex index = Index;
        long last = index.Last.TimestampMs;
        for (; _next < index.Count; _next++)
        {
            Report(index[_next], $"the entry's offset {index[_next].Offset} lies beyond the segment's end");
        }

        if (isComplete && _largest >= 0 && !IsLargest(last))
        {
            report(index.Count * TimeIndex.EntrySize, -1, $"the index ends with timestamp {last}, but the segment's largest is {_largest}");
        }
    }

    private bool IsLargest(long timestampMs) => timestampMs >= _largestOfRecords && timestampMs <= _largest;

    private void Report(TimestampOffset entry, string what) => report(_next * TimeIndex.EntrySize, entry.Offset, what);
}
