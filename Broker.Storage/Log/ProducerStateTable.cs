using System.Runtime.InteropServices;

namespace KLog.Broker.Storage;

/// <summary>
/// The producers that a partition remembers, and its open transactions. Everything internal is called under the
/// log's writer lock.
/// </summary>
public sealed class ProducerStateTable
{
    private readonly Lock _writer;

    // Made when the first producer comes: most partitions never see one.
    private Dictionary<long, ProducerState>? _producers;

    /// <summary>Open transactions: first offset to producer id.</summary>
    private SortedDictionary<long, long>? _ongoing;

    /// <summary>Ended ones whose marker the high watermark has not passed: first offset to last.</summary>
    private SortedDictionary<long, long>? _unreplicated;

    private long _firstUnstableOffset = long.MaxValue;

    internal ProducerStateTable(Lock writer) => _writer = writer;

    /// <summary>
    /// The first offset that is not decided: of an open transaction, or of one whose end is not replicated. The largest
    /// long when there is none.
    /// </summary>
    public long FirstUnstableOffset => Volatile.Read(ref _firstUnstableOffset);

    /// <summary>Up to where the log's batches are counted in.</summary>
    internal long EndOffset { get; set; }

    /// <summary>The offset of the last snapshot taken or loaded; -1 for none.</summary>
    internal long SnapshotOffset { get; set; } = -1;

    internal int Count => _producers?.Count ?? 0;

    /// <summary>A copy of all, for looking at.</summary>
    public IReadOnlyList<ProducerState> ToList()
    {
        lock (_writer)
        {
            return Copy();
        }
    }

    internal List<ProducerState> Copy() => _producers is null ? [] : [.. _producers.Values];

    internal bool TryGet(long producerId, out ProducerState state)
    {
        if (_producers is { } producers)
        {
            return producers.TryGetValue(producerId, out state);
        }

        state = default;
        return false;
    }

    /// <summary>Takes over what an append did.</summary>
    internal void Commit(ProducerAppend append)
    {
        for (int i = 0; i < append.Count; i++)
        {
            Put(append[i]);
        }
    }

    internal void Put(in ProducerState state)
    {
        _producers ??= [];
        ref ProducerState entry = ref CollectionsMarshal.GetValueRefOrAddDefault(_producers, state.ProducerId, out _);
        entry = state;
        if (state.TransactionFirstOffset >= 0)
        {
            _ongoing ??= [];
            _ongoing.TryAdd(state.TransactionFirstOffset, state.ProducerId);
            FindFirstUnstable();
        }
    }

    /// <summary>What the last stable offset is while this transaction's marker is being appended.</summary>
    internal long LastStableOffset(in CompletedTransaction completed)
    {
        foreach ((long firstOffset, long producerId) in _ongoing ?? [])
        {
            if (producerId != completed.ProducerId)
            {
                return firstOffset;
            }
        }

        return completed.LastOffset + 1;
    }

    internal void Complete(in CompletedTransaction completed)
    {
        _ongoing?.Remove(completed.FirstOffset);
        _unreplicated ??= [];
        _unreplicated[completed.FirstOffset] = completed.LastOffset;
        FindFirstUnstable();
    }

    /// <summary>Transactions that ended below the high watermark are decided.</summary>
    internal void OnHighWatermark(long highWatermark)
    {
        if (_unreplicated is not { Count: > 0 } unreplicated)
        {
            return;
        }

        List<long> decided = [];
        foreach ((long firstOffset, long lastOffset) in unreplicated)
        {
            if (lastOffset < highWatermark)
            {
                decided.Add(firstOffset);
            }
        }

        decided.ForEach(firstOffset => unreplicated.Remove(firstOffset));
        FindFirstUnstable();
    }

    internal bool HasUnreplicatedTransactions => _unreplicated is { Count: > 0 };

    /// <summary>Forgets producers that were idle for so long, unless a transaction is open.</summary>
    internal int Expire(long nowMs, long expirationMs)
    {
        if (_producers is not { Count: > 0 } producers)
        {
            return 0;
        }

        List<long> idle = [];
        foreach (ProducerState producer in producers.Values)
        {
            if (IsExpired(producer, nowMs, expirationMs))
            {
                idle.Add(producer.ProducerId);
            }
        }

        idle.ForEach(producerId => producers.Remove(producerId));
        return idle.Count;
    }

    internal static bool IsExpired(in ProducerState producer, long nowMs, long expirationMs) =>
        producer.TransactionFirstOffset < 0 && nowMs - producer.LastTimestampMs >= expirationMs;

    internal void Clear()
    {
        _producers = null;
        _ongoing = null;
        _unreplicated = null;
        FindFirstUnstable();
    }

    private void FindFirstUnstable()
    {
        long first = long.MaxValue;
        if (_ongoing is { Count: > 0 } ongoing)
        {
            first = ongoing.First().Key;
        }

        if (_unreplicated is { Count: > 0 } unreplicated)
        {
            first = Math.Min(first, unreplicated.First().Key);
        }

        Volatile.Write(ref _firstUnstableOffset, first);
    }
}
