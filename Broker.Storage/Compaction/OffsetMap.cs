using System.Runtime.InteropServices;

namespace KLog.Broker.Storage;

/// <summary>
/// The last offset of each key of a log's dirty section: one block of memory outside the heap, open addressing, and
/// never larger than it was made. One thread at a time.
/// <code>
/// slot of 24 bytes: uint64 and uint64 hash of the key | int64 offset + 1, 0 where the slot is free
/// </code>
/// </summary>
internal sealed unsafe class OffsetMap : IDisposable
{
    internal const int SlotBytes = 24;

    private const int SlotsMin = 8;

    private readonly KeyHashing _hashing;
    private readonly ulong _slots;
    private Slot* _block;

    /// <param name="bytesMax">log.cleaner.dedupe.buffer.size, one thread's share.</param>
    /// <param name="loadFactor">log.cleaner.io.buffer.load.factor: the share of slots that may be taken.</param>
    /// <param name="keysMax">More will not come: no more memory is taken than these need.</param>
    /// <param name="seed">Of the hash; a random one.</param>
    internal OffsetMap(long bytesMax, double loadFactor, long keysMax, ulong seed)
    {
        long wanted = (long)Math.Min(keysMax / loadFactor, long.MaxValue / 2) + SlotsMin;
        long slots = Math.Max(SlotsMin, Math.Min(bytesMax / SlotBytes, wanted));
        Capacity = Math.Clamp((long)(slots * loadFactor), 1, slots - 1);
        _slots = (ulong)slots;
        _hashing = new KeyHashing(seed);
        _block = (Slot*)NativeMemory.AllocZeroed((nuint)slots, SlotBytes);
    }

    ~OffsetMap() => Free();

    [StructLayout(LayoutKind.Sequential)]
    private struct Slot
    {
        internal ulong High;
        internal ulong Low;
        internal long OffsetAndOne;
    }

    /// <summary>Keys that it takes.</summary>
    internal long Capacity { get; }

    internal long Count { get; private set; }

    /// <summary>Up to where records are counted in; -1 for none.</summary>
    internal long LatestOffset { get; private set; } = -1;

    internal KeyHash Hash(ReadOnlySpan<byte> key) => _hashing.Hash(key);

    /// <summary>Notes the key's offset, which is above all before. False when the map is full and does not know the key.</summary>
    internal bool TryPut(KeyHash key, long offset)
    {
        Slot* slot = Find(key);
        if (slot->OffsetAndOne == 0)
        {
            if (Count == Capacity)
            {
                return false;
            }

            Count++;
            slot->High = key.High;
            slot->Low = key.Low;
        }

        slot->OffsetAndOne = offset + 1;
        AdvanceTo(offset);
        return true;
    }

    /// <summary>-1 when the key is not there.</summary>
    internal long Get(KeyHash key) => Find(key)->OffsetAndOne - 1;

    /// <summary>Everything up to this offset is counted in.</summary>
    internal void AdvanceTo(long offset) => LatestOffset = Math.Max(LatestOffset, offset);

    public void Dispose()
    {
        Free();
        GC.SuppressFinalize(this);
    }

    /// <summary>The key's slot, or the free one where it belongs. There is always a free one.</summary>
    private Slot* Find(KeyHash key)
    {
        ulong at = Math.BigMul(key.High, _slots, out _);
        while (true)
        {
            Slot* slot = _block + at;
            if (slot->OffsetAndOne == 0 || (slot->High == key.High && slot->Low == key.Low))
            {
                return slot;
            }

            at = at + 1 == _slots ? 0 : at + 1;
        }
    }

    private void Free()
    {
        NativeMemory.Free(_block);
        _block = null;
    }
}
