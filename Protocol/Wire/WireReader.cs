using System.Buffers.Binary;
using System.Text;

namespace KLog.Protocol.Wire;

/// <summary>
/// Reads the protocol's primitives, big-endian, from one contiguous piece of memory, and never beyond its end.
/// Every length is checked against what is left before anything is allocated, so that a lying length costs nothing.
/// </summary>
public ref struct WireReader
{
    private readonly Memory<byte> _memory;
    private readonly ReadOnlySpan<byte> _span;
    private int _position;

    public WireReader(Memory<byte> memory)
    {
        _memory = memory;
        _span = memory.Span;
        _position = 0;
    }

    public readonly int Position => _position;

    public readonly int Remaining => _span.Length - _position;

    public bool ReadBool() => ReadByte() != 0;

    public byte ReadByte() => Take(1)[0];

    public sbyte ReadInt8() => (sbyte)Take(1)[0];

    public short ReadInt16() => BinaryPrimitives.ReadInt16BigEndian(Take(2));

    public ushort ReadUInt16() => BinaryPrimitives.ReadUInt16BigEndian(Take(2));

    public int ReadInt32() => BinaryPrimitives.ReadInt32BigEndian(Take(4));

    public uint ReadUInt32() => BinaryPrimitives.ReadUInt32BigEndian(Take(4));

    public long ReadInt64() => BinaryPrimitives.ReadInt64BigEndian(Take(8));

    public double ReadFloat64() => BinaryPrimitives.ReadDoubleBigEndian(Take(8));

    public Guid ReadUuid() => new(Take(16), bigEndian: true);

    public uint ReadUnsignedVarint()
    {
        uint value = 0;
        for (int shift = 0; shift < 35; shift += 7)
        {
            byte b = ReadByte();
            value |= (uint)(b & 0x7f) << shift;
            if ((b & 0x80) == 0)
            {
                return value;
            }
        }

        throw new ProtocolViolationException("a varint is longer than five bytes");
    }

    /// <summary>A string of the old (int16 length) or the compact (varint length + 1) form; null where it says so.</summary>
    public string? ReadNullableString(bool compact)
    {
        int length = compact ? ReadCompactLength() : ReadInt16();
        return length < 0 ? null : Encoding.UTF8.GetString(Take(length));
    }

    public string ReadString(bool compact) =>
        ReadNullableString(compact) ?? throw new ProtocolViolationException("a string is null that must not be");

    public Memory<byte>? ReadNullableBytes(bool compact)
    {
        int length = compact ? ReadCompactLength() : ReadInt32();
        return length < 0 ? null : TakeMemory(length);
    }

    public Memory<byte> ReadBytes(bool compact) =>
        ReadNullableBytes(compact) ?? throw new ProtocolViolationException("a byte array is null that must not be");

    public Records? ReadNullableRecords(bool compact) =>
        ReadNullableBytes(compact) is { } bytes ? new Records(bytes) : null;

    public Records ReadRecords(bool compact) => new(ReadBytes(compact));

    /// <summary>
    /// An array's length, -1 for null. An element takes at least <paramref name="elementSizeMin"/> bytes, so a length
    /// that the rest of the frame cannot hold is refused before an array of it is made.
    /// </summary>
    public int ReadArrayLength(bool compact, int elementSizeMin = 1)
    {
        int length = compact ? ReadCompactLength() : ReadInt32();
        if (length < -1 || (long)length * elementSizeMin > Remaining)
        {
            throw new ProtocolViolationException($"an array of {length} elements does not fit the {Remaining} bytes left");
        }

        return length;
    }

    /// <summary>Passes over a section of tagged fields, none of which the reader knows.</summary>
    public void SkipTaggedFields()
    {
        uint count = ReadUnsignedVarint();
        for (uint i = 0; i < count; i++)
        {
            ReadUnsignedVarint();
            Skip(ReadUnsignedVarint());
        }
    }

    public void Skip(uint count)
    {
        if (count > (uint)Remaining)
        {
            throw Short(count);
        }

        _position += (int)count;
    }

    private int ReadCompactLength() => checked((int)(ReadUnsignedVarint() - 1L));

    private ReadOnlySpan<byte> Take(int count)
    {
        if ((uint)count > (uint)Remaining)
        {
            throw Short(count);
        }

        ReadOnlySpan<byte> taken = _span.Slice(_position, count);
        _position += count;
        return taken;
    }

    private Memory<byte> TakeMemory(int count)
    {
        if ((uint)count > (uint)Remaining)
        {
            throw Short(count);
        }

        Memory<byte> taken = _memory.Slice(_position, count);
        _position += count;
        return taken;
    }

    private readonly ProtocolViolationException Short(long wanted) =>
        new($"{wanted} bytes are wanted at position {_position}, {Remaining} are left");
}
