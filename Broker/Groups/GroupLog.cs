using KLog.Broker.Replication;
using KLog.Broker.Storage;
using KLog.Protocol;
using KLog.Protocol.Records;

namespace KLog.Broker.Groups;

/// <summary>A partition of <c>__consumer_offsets</c> to write to. One thread at a time.</summary>
internal sealed class GroupLog(Partition partition, CompressionType compression, TimeProvider time) : IDisposable
{
    /// <summary>What the records of a batch have beside keys and values, at most.</summary>
    private const int RecordOverheadMax = 32;

    private readonly RecordBatchBuilder _batch = new(compression);

    /// <summary>Ends when what was written last is as safe as the partition promises; null when it is already.</summary>
    public Task? Committed { get; private set; }

    /// <summary>Of the last record that was written.</summary>
    public long LastOffset { get; private set; } = -1;

    /// <summary>
    /// Of the records of one call some were written and others were not: what the groups are is to be read from the log again.
    /// </summary>
    public bool IsTorn { get; private set; }

    /// <summary>Writes records in one batch, or several where they do not fit into one.</summary>
    public ErrorCode Append(IReadOnlyList<GroupRecord> records)
    {
        long before = LastOffset;
        ErrorCode outcome = Write(records);
        IsTorn |= outcome != ErrorCode.None && LastOffset > before;
        return outcome;
    }

    /// <summary>The groups are read again.</summary>
    public void Mend() => IsTorn = false;

    private ErrorCode Write(IReadOnlyList<GroupRecord> records)
    {
        _batch.Clear();
        long nowMs = time.GetUtcNow().ToUnixTimeMilliseconds();
        int limit = Math.Min(partition.Log.Config.MaxMessageBytes, partition.Log.Config.SegmentBytes);
        foreach (GroupRecord record in records)
        {
            int size = record.Key.Length + (record.Value?.Length ?? 0) + RecordOverheadMax;
            if (_batch.RecordCount > 0 && _batch.UncompressedSizeInBytes + size > limit && Flush() is var error and not ErrorCode.None)
            {
                return error;
            }

            _batch.Append(nowMs, record.Key, record.Value);
        }

        return _batch.RecordCount == 0 ? ErrorCode.None : Flush();
    }

    public void Dispose() => _batch.Dispose();

    private ErrorCode Flush()
    {
        LogAppendResult result = partition.Append(_batch.Build(), acks: -1, AppendOrigin.Coordinator);
        _batch.Clear();
        if (result.Error == ErrorCode.None)
        {
            LastOffset = result.LastOffset;
            Committed = result.Flushed;
        }

        return result.Error;
    }
}
