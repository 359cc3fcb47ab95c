using System.Globalization;
using System.Text;
using KLog.Broker.Storage.Tests.Support;
using KLog.Protocol;
using KLog.Protocol.Records;

namespace KLog.Broker.Storage.Tests.Compaction;

/// <summary>
/// A compacted log that is written to at random, and beside it what was written: a list of records, by which everything
/// that the log may and must still hold can be told.
/// </summary>
internal sealed class ModelledLog(TestStore test, Random random)
{
    private const int Producers = 4;

    private readonly int[] _sequences = new int[Producers];
    private readonly List<StoredRecord>?[] _open = new List<StoredRecord>?[Producers];
    private readonly Dictionary<long, StoredRecord> _committed = [];
    private int _written;

    public PartitionLog Log => test.Log;

    public int Keys { get; init; } = 20;

    /// <summary>Appends a batch of one producer or another, ends a transaction, or lets time pass.</summary>
    public void Step()
    {
        test.Time.NowMs += random.Next(1000);
        int producer = random.Next(Producers);
        switch (random.Next(10))
        {
            case < 5:
                Append(producer: -1, isTransactional: false);
                break;
            case < 7 when _open[producer] is null && producer % 2 == 0:
                Append(producer, isTransactional: false);
                break;
            case < 9:
                _open[producer] ??= [];
                Append(producer, isTransactional: true);
                break;
            default:
                End(producer, isCommit: random.Next(2) == 0);
                break;
        }

        Log.UpdateHighWatermark(Log.LogEndOffset);
    }

    /// <summary>Ends all open transactions, so that everything is decided.</summary>
    public void EndAll()
    {
        for (int producer = 0; producer < Producers; producer++)
        {
            End(producer, isCommit: random.Next(2) == 0);
        }

        Log.UpdateHighWatermark(Log.LogEndOffset);
    }

    /// <summary>Continues each idempotent producer's sequence numbers: what compaction must not forget.</summary>
    public void CheckProducersGoOn()
    {
        for (int producer = 0; producer < Producers; producer++)
        {
            if (_sequences[producer] == 0)
            {
                continue;
            }

            ProducerState state = Log.Producers.ToList().Single(each => each.ProducerId == producer);
            Assert.Equal((0, _sequences[producer] - 1), (state.Epoch, state.LastSequence));
            Assert.Equal(_open[producer] is { Count: > 0 }, state.TransactionFirstOffset >= 0);
            if (_open[producer] is null)
            {
                Append(producer, isTransactional: false);
            }
        }

        Log.UpdateHighWatermark(Log.LogEndOffset);
    }

    public void CheckContents()
    {
        List<StoredRecord> read = LogContents.ReadCommitted(Log);
        foreach (StoredRecord record in read)
        {
            Assert.Equal(_committed.GetValueOrDefault(record.Offset), record);
        }

        Dictionary<string, StoredRecord> last = [];
        foreach (StoredRecord record in read.Where(record => record.Key is not null))
        {
            last[record.Key!] = record;
        }

        foreach (IGrouping<string, StoredRecord> ofKey in Decided().Where(record => record.Key is not null).GroupBy(record => record.Key!))
        {
            StoredRecord newest = ofKey.MaxBy(record => record.Offset)!;
            StoredRecord? found = last.GetValueOrDefault(ofKey.Key);
            Assert.True(found == newest || (found is null && newest.Value is null), $"{newest} is now {found}");
        }
    }

    /// <summary>Below the offset that the log is cleaned up to no key comes twice, and nothing is left that was aborted.</summary>
    public void CheckCleaned()
    {
        List<StoredRecord> below =
        [
            .. LogContents.Read(Log).Where(batch => !batch.IsControl).SelectMany(batch => batch.Records)
                .Where(record => record.Offset < Log.CleanOffset),
        ];
        Assert.All(below, record => Assert.NotNull(record.Key));
        Assert.Equal(below.Count, below.DistinctBy(record => record.Key).Count());
        Assert.All(below, record => Assert.Equal(_committed.GetValueOrDefault(record.Offset), record));
    }

    private IEnumerable<StoredRecord> Decided() => _committed.Values.Where(record => record.Offset < Log.LastStableOffset);

    private void Append(int producer, bool isTransactional)
    {
        using RecordBatchBuilder builder = new((CompressionType)random.Next(5));
        if (producer >= 0)
        {
            builder.ProducerId = producer;
            builder.ProducerEpoch = 0;
            builder.BaseSequence = _sequences[producer];
            builder.IsTransactional = isTransactional;
        }

        // Records without a key come from before the topic was compacted.
        bool wasCompacted = random.Next(20) > 0;
        LogConfig config = Log.Config;
        List<StoredRecord> records = [];
        int count = 1 + random.Next(6);
        long offset = Log.LogEndOffset;
        for (int i = 0; i < count; i++)
        {
            string? key = wasCompacted ? $"key-{new string('k', random.Next(Keys))}" : null;
            string? value = random.Next(5) == 0 ? null : $"value-{_written++}-{new string('v', random.Next(100))}";
            RecordHeader[] headers = random.Next(3) == 0 ? [new("h", Encoding.UTF8.GetBytes($"{i}")), new("none", null)] : [];
            long time = test.Time.NowMs - random.Next(5000);
            builder.Append(time, Bytes(key), Bytes(value), headers);
            records.Add(new StoredRecord(offset + i, key, value, $"{Text(headers)}@{time}"));
        }

        Log.Config = wasCompacted ? config : config with { CleanupPolicy = CleanupPolicy.Delete };
        LogAppendResult result = Log.AppendAsLeader(builder.ToArray(), 0, AppendOrigin.Client);
        Log.Config = config;
        Assert.Equal((ErrorCode.None, null, offset, false), (result.Error, result.ErrorMessage, result.BaseOffset, result.IsDuplicate));
        if (producer >= 0)
        {
            _sequences[producer] += count;
        }

        if (isTransactional)
        {
            _open[producer]!.AddRange(records);
        }
        else
        {
            Commit(records);
        }
    }

    private void End(int producer, bool isCommit)
    {
        if (_open[producer] is not { Count: > 0 } records)
        {
            return;
        }

        byte[] marker = new EndTransactionMarker(isCommit, 1).ToBatch(producer, 0, test.Time.NowMs);
        LogAppendResult result = Log.AppendAsLeader(marker, 0, AppendOrigin.Coordinator);
        Assert.Equal((ErrorCode.None, null), (result.Error, result.ErrorMessage));
        _open[producer] = null;
        if (isCommit)
        {
            Commit(records);
        }
    }

    private void Commit(List<StoredRecord> records) => records.ForEach(record => _committed.Add(record.Offset, record));

    private static byte[]? Bytes(string? text) => text is null ? null : Encoding.UTF8.GetBytes(text);

    private static string Text(RecordHeader[] headers) => string.Concat(headers.Select(header => string.Create(
        CultureInfo.InvariantCulture, $"{header.Key}={(header.Value is { } value ? Encoding.UTF8.GetString(value.Span) : "null")};")));
}
