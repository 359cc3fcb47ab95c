using System.Collections;
using KLog.Protocol.Records;

namespace KLog.Broker.Storage;

/// <summary>Which records of a batch stay: filled by one walk over it, read by another. Reused from batch to batch.</summary>
internal sealed class RecordSelection : IDisposable
{
    private readonly RecordKey _key = new();
    private readonly BitArray _kept = new(1024);

    /// <summary>Records gone by.</summary>
    internal int Count { get; private set; }

    internal int KeptCount { get; private set; }

    /// <summary>Among those that stay there is one without a value.</summary>
    internal bool HasDeletions { get; private set; }

    /// <summary>Of those that stay.</summary>
    internal long MaxTimestampMs { get; private set; }

    internal bool this[int record] => _kept[record];

    internal void Start()
    {
        Count = 0;
        KeptCount = 0;
        HasDeletions = false;
        MaxTimestampMs = RecordBatchView.NoTimestamp;
    }

    public void Dispose() => _key.Dispose();

    private void Add(bool isKept, bool hasValue, long timestampMs)
    {
        if (Count == _kept.Length)
        {
            _kept.Length *= 2;
        }

        _kept[Count++] = isKept;
        if (isKept)
        {
            KeptCount++;
            HasDeletions |= !hasValue;
            MaxTimestampMs = Math.Max(MaxTimestampMs, timestampMs);
        }
    }

    /// <summary>Asks of each record whether it stays.</summary>
    internal ref struct Sink(RecordSelection selection, RecordRetention retention, RecordBatchView batch) : IRecordSink
    {
        private readonly RecordSelection _selection = selection;
        private readonly RecordRetention _retention = retention;
        private readonly RecordBatchView _batch = batch;
        private readonly BatchTimes _times = new(batch);
        private readonly long _baseOffset = batch.BaseOffset;
        private readonly bool _keepsAll = batch.IsControl;
        private long _offset;
        private long _timestampMs;
        private KeyHash? _hash;

        public readonly bool IsDone => false;

        public void Begin(long timestampDelta, int offsetDelta, int tailLength)
        {
            _offset = _baseOffset + offsetDelta;
            _timestampMs = _times.Of(timestampDelta);
            _hash = null;
            _selection._key.Begin();
        }

        public void Tail(ReadOnlySpan<byte> piece)
        {
            if (_selection._key.IsFoundIn(piece, out ReadOnlySpan<byte> key) && _selection._key.HasKey)
            {
                _hash = _retention.Hash(key);
            }
        }

        public readonly void End(bool hasKey)
        {
            bool hasValue = _selection._key.HasValue;
            bool isKept = _keepsAll || _retention.Keeps(_batch, _offset, _hash, hasValue);
            _selection.Add(isKept, hasValue, _timestampMs);
        }
    }
}
