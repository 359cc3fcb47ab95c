using KLog.Broker.Storage.Files;
using KLog.Protocol.Records;

namespace KLog.Broker.Storage;

/// <summary>
/// The first walk of a cleaning: over the dirty section, to note each key's last offset. Ends where the map is full;
/// the records from there on are the next cleaning's.
/// </summary>
internal sealed class OffsetMapFilling(OffsetMap map, long fromOffset, CleanedTransactions transactions) : IDisposable
{
    private readonly RecordKey _key = new();
    private bool _isFull;

    /// <summary>False when the map is full, and the segment not counted in to its end.</summary>
    /// <param name="reader">For this walk.</param>
    /// <param name="segment">The next one of the dirty section.</param>
    /// <param name="nextBaseOffset">Where the segment after it starts.</param>
    /// <exception cref="InvalidDataException">The segment is damaged.</exception>
    internal bool TryAdd(BatchReader reader, LogSegment segment, long nextBaseOffset)
    {
        IStorageFile file = segment.File.Acquire();
        try
        {
            reader.Start(file, segment.Indexes.FloorOffset(fromOffset).Position, segment.Size);
            while (!_isFull && reader.MoveNext())
            {
                Add(reader.Batch);
            }
        }
        finally
        {
            segment.File.Release();
        }

        if (reader.IsAtOldMagic)
        {
            segment.NoteOldMagic();
        }

        if (!_isFull)
        {
            map.AdvanceTo(nextBaseOffset - 1);
        }

        return !_isFull;
    }

    public void Dispose() => _key.Dispose();

    private void Add(ReadOnlyMemory<byte> batch)
    {
        RecordBatchView view = new(batch.Span);
        if (view.IsControl)
        {
            transactions.IsMarkerOfNothing(view, out _);
        }
        else if (!transactions.IsAborted(view) && view.LastOffset >= fromOffset && view.RecordCount > 0)
        {
            Sink sink = new(this, view.BaseOffset);
            RecordFault fault = RecordWalk.Run(batch, ref sink);
            if (fault != RecordFault.None && !_isFull)
            {
                throw new InvalidDataException($"the records of the batch at offset {view.BaseOffset} are damaged: {fault}");
            }
        }

        if (!_isFull && view.LastOffset >= fromOffset)
        {
            map.AdvanceTo(view.LastOffset);
        }
    }

    private struct Sink(OffsetMapFilling filling, long baseOffset) : IRecordSink
    {
        private long _offset;
        private KeyHash _hash;

        public readonly bool IsDone => filling._isFull;

        public void Begin(long timestampDelta, int offsetDelta, int tailLength)
        {
            _offset = baseOffset + offsetDelta;
            filling._key.Begin();
        }

        public void Tail(ReadOnlySpan<byte> piece)
        {
            if (filling._key.IsFoundIn(piece, out ReadOnlySpan<byte> key))
            {
                _hash = filling.Map.Hash(key);
            }
        }

        public readonly void End(bool hasKey)
        {
            if (hasKey && _offset >= filling.FromOffset)
            {
                filling._isFull = !filling.Map.TryPut(_hash, _offset);
            }
        }
    }

    private OffsetMap Map => map;

    private long FromOffset => fromOffset;
}
