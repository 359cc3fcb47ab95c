using KLog.Protocol;
using KLog.Protocol.Messages;
using KLog.Protocol.Records;

namespace KLog.Faults;

/// <summary>Reads a partition from its start to its end, and compares it with its ledger.</summary>
internal sealed class LedgerCheck(Ledger ledger, BrokerConnection connection)
{
    private const short FetchVersion = 12;

    private readonly Dictionary<long, long> _found = [];
    private readonly Dictionary<long, long> _lastOfKey = [];
    private long _lastOffset = -1;
    private long _lastNumber = -1;

    /// <returns>How many records there are.</returns>
    /// <exception cref="BrokenPromiseException">It is not as it must be.</exception>
    internal async Task<int> RunAsync()
    {
        for (long offset = 0; ;)
        {
            FetchResponse response = await connection.CallAsync(FetchFrom(offset), FetchVersion);
            var partition = response.Responses.Single().Partitions.Single();
            if (partition.ErrorCode != ErrorCode.None)
            {
                throw new BrokenPromiseException($"{ledger}: {partition.ErrorCode} at offset {offset}");
            }

            long next = Take(partition.Records?.Bytes ?? default, offset);
            if (next == offset)
            {
                break;
            }

            offset = next;
        }

        foreach ((long offset, long number) in ledger.Acknowledged)
        {
            bool isThere = ledger.IsCompacted
                ? _lastOfKey.TryGetValue(number % NumberedRecord.Keys, out long last) && last >= number
                : _found.TryGetValue(offset, out long found) && found == number;
            if (!isThere)
            {
                throw new BrokenPromiseException(
                    $"{ledger}: record {number} was acknowledged at offset {offset}, and is lost; the log ends at {_lastOffset + 1}");
            }
        }

        return _found.Count;
    }

    private long Take(ReadOnlyMemory<byte> bytes, long offset)
    {
        BatchSplitter batches = new(bytes.Span);
        while (batches.MoveNext())
        {
            RecordBatchView batch = batches.Current;
            if (!batch.IsCrcValid())
            {
                throw new BrokenPromiseException($"{ledger}: the batch at {batch.BaseOffset} is damaged");
            }

            RecordReader records = new(batch.Body, batch.RecordCount);
            while (records.MoveNext())
            {
                TakeRecord(batch.BaseOffset + records.OffsetDelta, records.Value);
            }

            offset = batch.LastOffset + 1;
        }

        return offset;
    }

    private void TakeRecord(long offset, ReadOnlySpan<byte> value)
    {
        if (!NumberedRecord.TryRead(value, ledger.Partition, out long? number))
        {
            throw new BrokenPromiseException($"{ledger}: the record at offset {offset} is not one that was sent here");
        }

        if (ledger.IsCompacted ? offset <= _lastOffset : offset != _lastOffset + 1)
        {
            throw new BrokenPromiseException($"{ledger}: offset {offset} follows {_lastOffset}");
        }

        if (number <= _lastNumber)
        {
            throw new BrokenPromiseException($"{ledger}: record {number} at offset {offset} follows record {_lastNumber}: twice, or out of order");
        }

        if (ledger.IsIdempotent && !ledger.IsCompacted && number != _lastNumber + 1)
        {
            throw new BrokenPromiseException($"{ledger}: record {number} at offset {offset} follows record {_lastNumber}: some are missing");
        }

        (_lastOffset, _lastNumber) = (offset, number.Value);
        _found[offset] = number.Value;
        _lastOfKey[number.Value % NumberedRecord.Keys] = number.Value;
    }

    private FetchRequest FetchFrom(long offset) => new()
    {
        MaxWaitMs = 0,
        MinBytes = 0,
        MaxBytes = 16 << 20,
        Topics =
        [
            new()
            {
                Topic = ledger.Topic,
                Partitions = [new() { Partition = ledger.Partition, FetchOffset = offset, PartitionMaxBytes = 4 << 20 }],
            },
        ],
    };
}
