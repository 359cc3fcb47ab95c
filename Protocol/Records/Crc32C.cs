using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace KLog.Protocol.Records;

/// <summary>
/// CRC-32C (Castagnoli), as the processor computes it. The instruction takes one word a cycle and answers three
/// cycles later, so long inputs run as three streams side by side, which <see cref="Shift"/> joins.
/// </summary>
public static class Crc32C
{
    /// <summary>Bytes of one of the three streams, and the shortest input that is worth joining.</summary>
    private const int StreamBytes = 1024;

    /// <summary>
    /// What a register becomes when <see cref="StreamBytes"/> zero bytes pass through it. Shifting is linear, so it
    /// is the exclusive or of what each of its four bytes becomes: four tables of 256.
    /// </summary>
    private static readonly uint[] Shift = BuildShift();

    public static uint Compute(ReadOnlySpan<byte> bytes) => Append(0, bytes);

    /// <summary>The CRC of what <paramref name="crc"/> covers, followed by <paramref name="bytes"/>.</summary>
    public static uint Append(uint crc, ReadOnlySpan<byte> bytes)
    {
        uint register = ~crc;
        while (bytes.Length >= 3 * StreamBytes)
        {
            register = ThreeStreams(register, bytes);
            bytes = bytes[(3 * StreamBytes)..];
        }

        return ~OneStream(register, bytes);
    }

    private static uint OneStream(uint register, ReadOnlySpan<byte> bytes)
    {
        ReadOnlySpan<ulong> words = MemoryMarshal.Cast<byte, ulong>(bytes);
        foreach (ulong word in words)
        {
            register = BitOperations.Crc32C(register, word);
        }

        foreach (byte b in bytes[(words.Length * sizeof(ulong))..])
        {
            register = BitOperations.Crc32C(register, b);
        }

        return register;
    }

    private static uint ThreeStreams(uint first, ReadOnlySpan<byte> bytes)
    {
        uint second = 0;
        uint third = 0;
        ref byte start = ref MemoryMarshal.GetReference(bytes[..(3 * StreamBytes)]);
        for (nint at = 0; at < StreamBytes; at += sizeof(ulong))
        {
            first = BitOperations.Crc32C(first, Word(ref start, at));
            second = BitOperations.Crc32C(second, Word(ref start, at + StreamBytes));
            third = BitOperations.Crc32C(third, Word(ref start, at + (2 * StreamBytes)));
        }

        return Shifted(Shifted(first) ^ second) ^ third;
    }

    private static ulong Word(ref byte start, nint at) =>
        Unsafe.ReadUnaligned<ulong>(ref Unsafe.Add(ref start, at));

    private static uint Shifted(uint register) =>
        Shift[register & 0xff]
        ^ Shift[256 + ((register >> 8) & 0xff)]
        ^ Shift[512 + ((register >> 16) & 0xff)]
        ^ Shift[768 + (register >> 24)];

    private static uint[] BuildShift()
    {
        Span<uint> ofBit = stackalloc uint[32];
        for (int bit = 0; bit < 32; bit++)
        {
            uint register = 1u << bit;
            for (int i = 0; i < StreamBytes / sizeof(ulong); i++)
            {
                register = BitOperations.Crc32C(register, 0UL);
            }

            ofBit[bit] = register;
        }

        uint[] tables = new uint[4 * 256];
        for (int at = 0; at < tables.Length; at++)
        {
            for (int bit = 0; bit < 8; bit++)
            {
                tables[at] ^= (at >> bit & 1) == 0 ? 0 : ofBit[((at >> 8) * 8) + bit];
            }
        }

        return tables;
    }
}
