using static System.Buffers.Binary.BinaryPrimitives;

namespace KLog.Protocol.Records;

/// <summary>
/// CRC-32 as of IEEE 802.3, which message sets of before KIP-98 carry (magic 0 and 1). Eight bytes a step, by tables:
/// such messages are only ever checked when a log is recovered or inspected.
/// </summary>
public static class Crc32
{
    private const uint Polynomial = 0xEDB88320;
    private const int StepBytes = sizeof(ulong);

    /// <summary>Table k tells what a byte becomes when k zero bytes follow it.</summary>
    private static readonly uint[] Tables = BuildTables();

    public static uint Compute(ReadOnlySpan<byte> bytes) => Append(0, bytes);

    /// <summary>The CRC of what <paramref name="crc"/> covers, followed by <paramref name="bytes"/>.</summary>
    public static uint Append(uint crc, ReadOnlySpan<byte> bytes)
    {
        uint register = ~crc;
        uint[] tables = Tables;
        for (; bytes.Length >= StepBytes; bytes = bytes[StepBytes..])
        {
            ulong word = ReadUInt64LittleEndian(bytes) ^ register;
            register = 0;
            for (int at = 0; at < StepBytes; at++)
            {
                register ^= tables[((StepBytes - 1 - at) << 8) + (int)((word >> (8 * at)) & 0xff)];
            }
        }

        foreach (byte b in bytes)
        {
            register = tables[(register ^ b) & 0xff] ^ (register >> 8);
        }

        return ~register;
    }

    private static uint[] BuildTables()
    {
        uint[] tables = new uint[StepBytes * 256];
        for (uint value = 0; value < 256; value++)
        {
            uint register = value;
            for (int bit = 0; bit < 8; bit++)
            {
                register = (register >> 1) ^ ((register & 1) * Polynomial);
            }

            tables[value] = register;
        }

        for (int at = 256; at < tables.Length; at++)
        {
            uint before = tables[at - 256];
            tables[at] = tables[before & 0xff] ^ (before >> 8);
        }

        return tables;
    }
}
