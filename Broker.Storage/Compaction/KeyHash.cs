using System.Runtime.CompilerServices;
using static System.Buffers.Binary.BinaryPrimitives;

namespace KLog.Broker.Storage;

/// <summary>What stands for a key in an <see cref="OffsetMap"/>: 128 bits, taken for the key itself.</summary>
internal readonly record struct KeyHash(ulong High, ulong Low);

/// <summary>
/// Hashes keys: two lanes of 64 × 64 → 128 bit multiplications, folded (the scheme of wyhash, twice). Two keys that
/// got the same hash would lose one of them, so everything that the lanes mix in comes from a seed that no one who
/// writes keys can know.
/// </summary>
internal readonly struct KeyHashing
{
    private readonly ulong _first;
    private readonly ulong _second;
    private readonly ulong _third;
    private readonly ulong _fourth;

    internal KeyHashing(ulong seed)
    {
        _first = Next(ref seed);
        _second = Next(ref seed);
        _third = Next(ref seed);
        _fourth = Next(ref seed);
    }

    internal KeyHash Hash(ReadOnlySpan<byte> key)
    {
        ulong high = _first ^ (ulong)key.Length;
        ulong low = _second ^ (ulong)key.Length;
        for (; key.Length > 16; key = key[16..])
        {
            Mix(ReadUInt64LittleEndian(key), ReadUInt64LittleEndian(key[8..]), ref high, ref low);
        }

        // The last 16 bytes or fewer; with the length, no two of one length give the same pair of words.
        (ulong left, ulong right) = key.Length switch
        {
            >= 8 => (ReadUInt64LittleEndian(key), ReadUInt64LittleEndian(key[^8..])),
            >= 4 => (ReadUInt32LittleEndian(key), ReadUInt32LittleEndian(key[^4..])),
            > 0 => ((uint)(key[0] << 16) | (uint)(key[key.Length / 2] << 8) | key[^1], 0UL),
            _ => (0UL, 0UL),
        };
        Mix(left, right, ref high, ref low);
        return new KeyHash(Fold(high ^ _fourth, _third), Fold(low ^ _third, _fourth));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private void Mix(ulong left, ulong right, ref ulong high, ref ulong low)
    {
        ulong before = high;
        high = Fold(left ^ _third, right ^ high) ^ low;
        low = Fold(left ^ low, right ^ _fourth) + before;
    }

    private static ulong Fold(ulong left, ulong right)
    {
        ulong high = Math.BigMul(left, right, out ulong low);
        return high ^ low;
    }

    /// <summary>The splitmix64 generator.</summary>
    private static ulong Next(ref ulong state)
    {
        state += 0x9e3779b97f4a7c15;
        ulong mixed = (state ^ (state >> 30)) * 0xbf58476d1ce4e5b9;
        mixed = (mixed ^ (mixed >> 27)) * 0x94d049bb133111eb;
        return mixed ^ (mixed >> 31);
    }
}
