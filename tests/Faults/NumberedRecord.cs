using System.Buffers.Binary;
using System.Diagnostics.CodeAnalysis;
using KLog.Protocol.Records;

namespace KLog.Faults;

/// <summary>
/// A record that tells who it is:
/// <code>
///  0 int32  partition
///  4 int64  number, from 0 on in each partition
/// 12        filling
/// end - 4 uint32 CRC-32C of all before
/// </code>
/// Its key is the number modulo <see cref="Keys"/>.
/// </summary>
internal static class NumberedRecord
{
    internal const int Keys = 50;
    private const int SizeMin = 16;

    internal static byte[] Make(int partition, long number, int filling)
    {
        byte[] value = new byte[SizeMin + filling];
        BinaryPrimitives.WriteInt32BigEndian(value, partition);
        BinaryPrimitives.WriteInt64BigEndian(value.AsSpan(4), number);
        value.AsSpan(12, filling).Fill((byte)number);
        BinaryPrimitives.WriteUInt32BigEndian(value.AsSpan(value.Length - 4), Crc32C.Compute(value.AsSpan(0, value.Length - 4)));
        return value;
    }

    internal static byte[] KeyOf(long number) => [(byte)(number % Keys)];

    internal static bool TryRead(ReadOnlySpan<byte> value, int partition, [NotNullWhen(true)] out long? number)
    {
        number = null;
        if (value.Length < SizeMin
            || BinaryPrimitives.ReadUInt32BigEndian(value[^4..]) != Crc32C.Compute(value[..^4])
            || BinaryPrimitives.ReadInt32BigEndian(value) != partition)
        {
            return false;
        }

        number = BinaryPrimitives.ReadInt64BigEndian(value[4..]);
        return true;
    }
}
