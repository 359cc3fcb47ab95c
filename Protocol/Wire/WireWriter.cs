using System.Buffers;
using System.Buffers.Binary;
using System.Text;

namespace KLog.Protocol.Wire;

/// <summary>
/// Writes the protocol's primitives, big-endian, into one growing pooled buffer. Record sources are not copied: the
/// writer notes where each belongs (<see cref="Splices"/>), and the sender sends them in between.
/// Owned by one thread at a time; <see cref="Dispose"/> gives the buffer back. Can be used again after <see cref="Reset"/>.
/// </summary>
public sealed class WireWriter : IDisposable
{
    private const int RetainedMax = 1 << 16;

    private byte[] _buffer;
    private readonly List<Splice> _splices = [];

    public WireWriter(int capacity = 512) => _buffer = ArrayPool<byte>.Shared.Rent(capacity);

    /// <summary>Where a source belongs: after <paramref name="Position"/> bytes of the buffer.</summary>
    public readonly record struct Splice(int Position, IRecordSource Source);

    /// <summary>Bytes written into the buffer, sources not counted.</summary>
    public int Position { get; private set; }

    /// <summary>Bytes written, sources counted.</summary>
    public long Length { get; private set; }

    public IReadOnlyList<Splice> Splices => _splices;

    public Memory<byte> Written => _buffer.AsMemory(0, Position);

    /// <summary>Forgets what was written. A buffer that had grown large is given back.</summary>
    public void Reset()
    {
        if (_buffer.Length > RetainedMax)
        {
            ArrayPool<byte>.Shared.Return(_buffer);
            _buffer = ArrayPool<byte>.Shared.Rent(512);
        }

        Position = 0;
        Length = 0;
        _splices.Clear();
    }

    public void WriteBool(bool value) => Next(1)[0] = value ? (byte)1 : (byte)0;

    public void WriteInt8(sbyte value) => Next(1)[0] = (byte)value;

    public void WriteInt16(short value) => BinaryPrimitives.WriteInt16BigEndian(Next(2), value);

    public void WriteUInt16(ushort value) => BinaryPrimitives.WriteUInt16BigEndian(Next(2), value);

    public void WriteInt32(int value) => BinaryPrimitives.WriteInt32BigEndian(Next(4), value);

    public void WriteUInt32(uint value) => BinaryPrimitives.WriteUInt32BigEndian(Next(4), value);

    public void WriteInt64(long value) => BinaryPrimitives.WriteInt64BigEndian(Next(8), value);

    public void WriteFloat64(double value) => BinaryPrimitives.WriteDoubleBigEndian(Next(8), value);

    public void WriteUuid(Guid value) => value.TryWriteBytes(Next(16), bigEndian: true, out _);

    public void WriteUnsignedVarint(uint value)
    {
        while (value >= 0x80)
        {
            Next(1)[0] = (byte)(value | 0x80);
            value >>= 7;
        }

        Next(1)[0] = (byte)value;
    }

    public void WriteString(string? value, bool compact)
    {
        int length = value is null ? -1 : Encoding.UTF8.GetByteCount(value);
        if (compact)
        {
            WriteUnsignedVarint((uint)(length + 1));
        }
        else
        {
            WriteInt16(length <= short.MaxValue
                ? (short)length
                : throw new InvalidOperationException($"a string of {length} bytes is too long for the version"));
        }

        if (length > 0)
        {
            Encoding.UTF8.GetBytes(value!, Next(length));
        }
    }

    public void WriteBytes(ReadOnlyMemory<byte>? value, bool compact)
    {
        WriteDataLength(value?.Length ?? -1, compact);
        if (value is { } bytes)
        {
            WriteRaw(bytes.Span);
        }
    }

    public void WriteRecords(Records? value, bool compact)
    {
        WriteDataLength(value?.Length ?? -1, compact);
        if (value is not { } records)
        {
            return;
        }

        if (records.Source is { } source)
        {
            _splices.Add(new Splice(Position, source));
            Length += source.Length;
        }
        else
        {
            WriteRaw(records.Bytes.Span);
        }
    }

    /// <summary>An array's length; -1 for null.</summary>
    public void WriteArrayLength(int length, bool compact) => WriteDataLength(length, compact);

    /// <summary>The marker before a nullable struct.</summary>
    public void WriteIsPresent(bool present) => WriteInt8(present ? (sbyte)1 : (sbyte)-1);

    /// <summary>Leaves room for a tagged field's size; the field's bytes follow, then <see cref="EndTaggedField"/>.</summary>
    public int BeginTaggedField()
    {
        Next(1);
        return Position;
    }

    /// <summary>Writes the size of the tagged field that began at <paramref name="start"/>; moves it where the size needs more than a byte.</summary>
    public void EndTaggedField(int start)
    {
        if (_splices.Count > 0 && _splices[^1].Position >= start)
        {
            throw new InvalidOperationException("a source of records cannot lie in a tagged field");
        }

        int size = Position - start;
        int sizeBytes = 1;
        for (uint rest = (uint)size >> 7; rest > 0; rest >>= 7)
        {
            sizeBytes++;
        }

        if (sizeBytes > 1)
        {
            Next(sizeBytes - 1);
            _buffer.AsSpan(start, size).CopyTo(_buffer.AsSpan(start + sizeBytes - 1));
        }

        uint value = (uint)size;
        int at = start - 1;
        for (; value >= 0x80; value >>= 7)
        {
            _buffer[at++] = (byte)(value | 0x80);
        }

        _buffer[at] = (byte)value;
    }

    public static InvalidOperationException NullField(string field, short version) =>
        new($"{field} is null, which version {version} does not allow");

    public static InvalidOperationException UnsupportedField(string field, short version) =>
        new($"{field} is set, and version {version} cannot carry it");

    public static InvalidOperationException UnknownVersion(string message, short version) =>
        new($"{message} has no version {version}");

    public void WriteRaw(ReadOnlySpan<byte> bytes) => bytes.CopyTo(Next(bytes.Length));

    /// <summary>Copies another writer's bytes behind this one's, and takes its splices over.</summary>
    public void Append(WireWriter other)
    {
        int shift = Position;
        WriteRaw(other.Written.Span);
        foreach ((int position, IRecordSource source) in other._splices)
        {
            _splices.Add(new Splice(shift + position, source));
            Length += source.Length;
        }

        other._splices.Clear();
    }

    /// <summary>Writes an int32 at a place that was written before: a frame's length, once it is known.</summary>
    public void PatchInt32(int position, int value) =>
        BinaryPrimitives.WriteInt32BigEndian(_buffer.AsSpan(position, 4), value);

    public void Dispose()
    {
        ArrayPool<byte>.Shared.Return(_buffer);
        _buffer = [];
        Position = 0;
        Length = 0;
        _splices.Clear();
    }

    private void WriteDataLength(int length, bool compact)
    {
        if (compact)
        {
            WriteUnsignedVarint((uint)(length + 1));
        }
        else
        {
            WriteInt32(length);
        }
    }

    private Span<byte> Next(int count)
    {
        if (_buffer.Length - Position < count)
        {
            Grow(count);
        }

        Span<byte> next = _buffer.AsSpan(Position, count);
        Position += count;
        Length += count;
        return next;
    }

    private void Grow(int count)
    {
        byte[] larger = ArrayPool<byte>.Shared.Rent(Math.Max(_buffer.Length * 2, Position + count));
        _buffer.AsSpan(0, Position).CopyTo(larger);
        ArrayPool<byte>.Shared.Return(_buffer);
        _buffer = larger;
    }
}
