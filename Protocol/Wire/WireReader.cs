using System.Buffers.Binary;

namespace KLog.Protocol.Wire;

/// <summary>
/// Reads the protocol's primitives, big-endian, from one contiguous piece of memory, and never beyond its end.
/// Every length is checked against what is left before anything is allocated, so that a lying length costs nothing.
/// </summary>
public ref struct WireReader
{
    /// <summary>Elements that an array is made for at once, before any of them is seen.</summary>
    private const int GrowthStart = 1024;

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
        for (int shift = 0; shift < 28; shift += 7)
        {
            byte b = ReadByte();
            value |= (uint)(b & 0x7f) << shift;
            if (b < 0x80)
            {
                return value;
            }
        }

        byte last = ReadByte();
        return last <= 0x0f ? value | ((uint)last << 28) : throw new ProtocolViolationException("a varint is beyond 32 bits");
    }

    /// <summary>A string of the old (int16 length) or the compact (varint length + 1) form; null where it says so.</summary>
    public string? ReadNullableString(bool compact)
    {
        int length = compact ? ReadCompactLength() : NotBelowNull(ReadInt16());
        return length < 0 ? null : RecentStrings.Get(Take(length));
    }

    public string ReadString(bool compact) =>
        ReadNullableString(compact) ?? throw new ProtocolViolationException("a string is null that must not be");

    public Memory<byte>? ReadNullableBytes(bool compact)
    {
        int length = compact ? ReadCompactLength() : NotBelowNull(ReadInt32());
        return length < 0 ? default(Memory<byte>?) : TakeMemory(length); // A bare null would become an empty Memory.
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
        int length = compact ? ReadCompactLength() : NotBelowNull(ReadInt32());
        if ((long)length * elementSizeMin > Remaining)
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

    /// <summary>The marker before a nullable struct: below 0 for null, and the struct follows otherwise.</summary>
    public bool ReadIsPresent() => ReadInt8() >= 0;

    /// <summary>Reads a tagged field's size, and answers where the field ends.</summary>
    public int ReadTaggedFieldEnd()
    {
        uint size = ReadUnsignedVarint();
        return size <= (uint)Remaining ? _position + (int)size : throw Short(size);
    }

    /// <summary>Checks that a tagged field was as long as it said.</summary>
    public readonly void EndTaggedField(uint tag, int end)
    {
        if (_position != end)
        {
            throw new ProtocolViolationException($"the field with tag {tag} ends at {_position}, and said that it ends at {end}");
        }
    }

    /// <summary>Passes over what is left before a position that <see cref="ReadTaggedFieldEnd"/> gave.</summary>
    public void SkipTo(int position) => _position = position;

    /// <summary>
    /// An array for elements that are still to be read: whole when it is short, otherwise its beginning, which
    /// <see cref="Grow"/> makes longer as elements really come. So a frame's lie costs no more than the frame.
    /// </summary>
    public static T[] NewArray<T>(int length) => length == 0 ? [] : new T[Math.Min(length, GrowthStart)];

    public static void Grow<T>(ref T[] items, int length) =>
        Array.Resize(ref items, (int)Math.Min(length, items.Length * 2L));

    public static ProtocolViolationException NullField(string field, short version) =>
        new($"{field} is null, which version {version} does not allow");

    public static ProtocolViolationException UnknownVersion(string message, short version) =>
        new($"{message} has no version {version}");

    private int ReadCompactLength()
    {
        uint lengthPlusOne = ReadUnsignedVarint();
        return lengthPlusOne <= int.MaxValue
            ? (int)lengthPlusOne - 1
            : throw new ProtocolViolationException($"a length of {lengthPlusOne - 1} is beyond any frame's");
    }

    private static int NotBelowNull(int length) =>
        length >= -1 ? length : throw new ProtocolViolationException($"a length is {length}");

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
