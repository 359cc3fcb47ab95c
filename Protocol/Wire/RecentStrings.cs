using System.Buffers.Binary;
using System.Numerics;
using System.Runtime.CompilerServices;
using System.Text;

namespace KLog.Protocol.Wire;

/// <summary>
/// The short strings that a thread read last. Topic names, client ids and group ids come with every request; found
/// here, they cost no allocation. A place holds the newest string that falls on it, so the memory is bounded
/// (1,024 strings of up to 128 characters a thread). Only ASCII is found again, which can be compared without decoding.
/// Measured: a name of 23 characters takes 13 ns and no memory, against 16 ns and 72 bytes for a new string.
/// </summary>
internal static class RecentStrings
{
    private const int Places = 1024;
    private const int LengthMax = 128;

    [ThreadStatic]
    private static string?[]? _strings;

    /// <summary>Decodes UTF-8; invalid bytes become replacement characters, as in Kafka.</summary>
    public static string Get(ReadOnlySpan<byte> utf8)
    {
        if ((uint)(utf8.Length - 1) >= LengthMax)
        {
            return Encoding.UTF8.GetString(utf8);
        }

        string?[] strings = _strings ?? MakePlaces();
        ref string? place = ref strings[Hash(utf8) & (Places - 1)];
        if (place is { } recent && Ascii.Equals(utf8, recent))
        {
            return recent;
        }

        return place = Encoding.UTF8.GetString(utf8);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static string?[] MakePlaces() => _strings = new string?[Places];

    private static int Hash(ReadOnlySpan<byte> bytes)
    {
        const ulong Prime = 0x9E3779B97F4A7C15;
        ulong hash = (ulong)bytes.Length;
        while (bytes.Length >= 8)
        {
            hash = BitOperations.RotateLeft((hash ^ BinaryPrimitives.ReadUInt64LittleEndian(bytes)) * Prime, 29);
            bytes = bytes[8..];
        }

        ulong rest = 0;
        foreach (byte b in bytes)
        {
            rest = (rest << 8) | b;
        }

        return (int)(((hash ^ rest) * Prime) >> 40);
    }
}
