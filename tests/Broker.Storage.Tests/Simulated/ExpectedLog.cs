using KLog.Protocol.Records;

namespace KLog.Broker.Storage.Tests.Simulated;

/// <summary>A batch as it was appended, with its offsets.</summary>
internal sealed record ExpectedBatch(byte[] Bytes)
{
    internal RecordBatchView View => new(Bytes);

    internal long Base => View.BaseOffset;

    internal long Last => View.LastOffset;

    /// <summary>Of its first record; that of each further one is 1 ms later.</summary>
    internal long BaseTimestamp => View.BaseTimestamp;
}

/// <summary>
/// What a log must hold: the batches that it took, up to where they are promised to survive, and what a cut may have
/// left undone.
/// </summary>
internal sealed class ExpectedLog
{
    /// <summary>In order; the last may be one whose append failed, and which may be there or not.</summary>
    internal List<ExpectedBatch> Batches { get; } = [];

    /// <summary>What lies below must be there after a power cut.</summary>
    internal long Durable { get; private set; }

    /// <summary>The highest offset that the log was told to start at.</summary>
    internal long Start { get; private set; }

    /// <summary>Set while the log is told to start anew at another offset: it may have.</summary>
    internal long? StartingAt { get; private set; }

    internal void Promise(long offset) => Durable = Math.Max(Durable, offset);

    internal void RaiseStart(long offset) => Start = Math.Max(Start, offset);

    /// <summary>What lies at and above the offset may go from now on.</summary>
    internal void BeginTruncation(long offset) =>
        Durable = Math.Min(Durable, Batches.FirstOrDefault(batch => batch.Last >= offset)?.Base ?? offset);

    /// <summary>It is gone for good.</summary>
    internal void EndTruncation(long offset) => Batches.RemoveAll(batch => batch.Last >= offset);

    internal void BeginAnew(long offset)
    {
        Durable = 0;
        StartingAt = offset;
    }

    internal void EndAnew(long offset)
    {
        Batches.Clear();
        Start = offset;
        StartingAt = null;
    }

    /// <summary>A start has found these, which is what counts from now on.</summary>
    internal void Found(long start, long end)
    {
        Batches.RemoveAll(batch => batch.Last < start || batch.Last >= end);
        Start = Math.Max(start, Math.Min(Start, end));
        Durable = Math.Clamp(Durable, start, end);
        StartingAt = null;
    }

    /// <summary>The first record from the log's start on whose timestamp is not below the one given.</summary>
    internal (long Offset, long TimestampMs)? FirstAtOrAfter(long timestampMs, long start)
    {
        foreach (ExpectedBatch batch in Batches)
        {
            for (long offset = Math.Max(batch.Base, start); offset <= batch.Last; offset++)
            {
                long time = batch.BaseTimestamp + (offset - batch.Base);
                if (time >= timestampMs)
                {
                    return (offset, time);
                }
            }
        }

        return null;
    }
}
