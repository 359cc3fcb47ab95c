using System.Collections.Concurrent;

namespace KLog.Faults;

/// <summary>What one partition has acknowledged: the promise that the broker is held to.</summary>
/// <param name="Topic">Its name.</param>
/// <param name="Partition">Its number.</param>
/// <param name="IsIdempotent">Its producer sends again what was not answered; each number is there once.</param>
/// <param name="IsCompacted">Of each key at least the last acknowledged record is there, or a later one.</param>
internal sealed record Ledger(string Topic, int Partition, bool IsIdempotent, bool IsCompacted)
{
    /// <summary>Acknowledged numbers, by offset.</summary>
    internal ConcurrentDictionary<long, long> Acknowledged { get; } = [];

    /// <summary>The number of the next record that was never sent.</summary>
    internal long Next { get; set; }

    /// <summary>Of an idempotent producer: the batch that was sent and not answered yet.</summary>
    internal ProducedBatch? Unanswered { get; set; }

    internal long ProducerId { get; set; } = -1;

    public override string ToString() => $"{Topic}-{Partition}";
}

/// <summary>Records with consecutive numbers, as they were sent.</summary>
internal sealed record ProducedBatch(long First, int Count, byte[] Bytes);
