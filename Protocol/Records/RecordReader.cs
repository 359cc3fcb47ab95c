namespace KLog.Protocol.Records;

/// <summary>
/// Walks the records of a body that is not, or no longer, compressed, allocating nothing. Every length is checked
/// against the record's, and the record's against the bytes; a walk that ends early says why in <see cref="Fault"/>.
/// <code>
/// RecordReader records = new(view.Body, view.RecordCount);
/// while (records.MoveNext()) { … records.Key … }
/// if (records.Fault != RecordFault.None) { … }
/// </code>
/// A record (all numbers are varints but the attributes):
/// <code>
/// length | int8 attributes (unused) | timestamp delta | offset delta | key length, key | value length, value |
/// header count | { key length, key | value length, value }…
/// </code>
/// A length of -1 is null; a header's key is never null.
/// </summary>
public ref struct RecordReader
{
    private readonly ReadOnlySpan<byte> _bytes;
    private readonly int _count;
    private int _tailAt;
    private int _keyAt;
    private int _keyLength;
    private int _valueAt;
    private int _valueLength;
    private int _headersAt;
    private long _timestampDelta;
    private int _offsetDelta;

    public RecordReader(ReadOnlySpan<byte> records, int recordCount)
    {
        _bytes = records;
        _count = recordCount;
    }

    /// <summary>Records read.</summary>
    public int Index { get; private set; }

    /// <summary>Behind the last record that was read whole.</summary>
    public int Position { get; private set; }

    public RecordFault Fault { get; private set; }

    public readonly long TimestampDelta => _timestampDelta;

    public readonly int OffsetDelta => _offsetDelta;

    public readonly bool HasKey => _keyLength >= 0;

    public readonly ReadOnlySpan<byte> Key => _keyLength > 0 ? _bytes.Slice(_keyAt, _keyLength) : default;

    /// <summary>False for a tombstone.</summary>
    public readonly bool HasValue => _valueLength >= 0;

    public readonly ReadOnlySpan<byte> Value => _valueLength > 0 ? _bytes.Slice(_valueAt, _valueLength) : default;

    public int HeaderCount { get; private set; }

    public readonly RecordHeaders Headers => new(_bytes[_headersAt..Position], HeaderCount);

    /// <summary>What follows the offset delta: the part that stays the same when a record gets another place.</summary>
    public readonly ReadOnlySpan<byte> Tail => _bytes[_tailAt..Position];

    public bool MoveNext()
    {
        if (Index >= _count)
        {
            if (Position != _bytes.Length)
            {
                Fault = RecordFault.Trailing;
            }

            return false;
        }

        int at = Position;
        if (!Varint.TryRead(_bytes, ref at, out int length))
        {
            Fault = at - Position == Varint.IntBytesMax ? RecordFault.Malformed : RecordFault.Short;
            return false;
        }

        if ((uint)length > (uint)(_bytes.Length - at))
        {
            Fault = length < 0 ? RecordFault.Malformed : RecordFault.Short;
            return false;
        }

        if (!TryReadParts(_bytes[..(at + length)], at))
        {
            Fault = RecordFault.Malformed;
            return false;
        }

        Position = at + length;
        Index++;
        return true;
    }

    /// <param name="bytes">End where the record ends.</param>
    /// <param name="at">Where the record's attributes lie.</param>
    private bool TryReadParts(ReadOnlySpan<byte> bytes, int at)
    {
        at++;
        if (!Varint.TryReadLong(bytes, ref at, out _timestampDelta) || !Varint.TryRead(bytes, ref at, out _offsetDelta))
        {
            return false;
        }

        _tailAt = at;
        if (!TryReadSlice(bytes, ref at, out _keyAt, out _keyLength)
            || !TryReadSlice(bytes, ref at, out _valueAt, out _valueLength)
            || !Varint.TryRead(bytes, ref at, out int headerCount)
            || headerCount < 0)
        {
            return false;
        }

        HeaderCount = headerCount;
        _headersAt = at;
        return headerCount == 0
            ? at == bytes.Length
            : TryPassHeaders(bytes, at, headerCount);
    }

    private static bool TryPassHeaders(ReadOnlySpan<byte> bytes, int at, int count)
    {
        for (int i = 0; i < count; i++)
        {
            if (!TryReadSlice(bytes, ref at, out _, out int keyLength)
                || keyLength < 0
                || !TryReadSlice(bytes, ref at, out _, out _))
            {
                return false;
            }
        }

        return at == bytes.Length;
    }

    private static bool TryReadSlice(ReadOnlySpan<byte> bytes, ref int at, out int start, out int length)
    {
        bool read = Varint.TryRead(bytes, ref at, out length);
        start = at;
        if (!read || length > bytes.Length - at)
        {
            return false;
        }

        at += Math.Max(length, 0);
        return true;
    }
}
