namespace KLog.Protocol.Records;

/// <summary>A record's headers, as slices of its bytes. Made by <see cref="RecordReader"/>, which has checked them.</summary>
public ref struct RecordHeaders
{
    private ReadOnlySpan<byte> _rest;
    private int _left;

    internal RecordHeaders(ReadOnlySpan<byte> bytes, int count)
    {
        _rest = bytes;
        _left = count;
    }

    /// <summary>UTF-8; a key may come more than once.</summary>
    public ReadOnlySpan<byte> Key { get; private set; }

    public bool HasValue { get; private set; }

    public ReadOnlySpan<byte> Value { get; private set; }

    public bool MoveNext()
    {
        if (_left == 0)
        {
            return false;
        }

        _left--;
        Key = Take(out _);
        Value = Take(out bool present);
        HasValue = present;
        return true;
    }

    private ReadOnlySpan<byte> Take(out bool present)
    {
        int at = 0;
        Varint.TryRead(_rest, ref at, out int length);
        present = length >= 0;
        ReadOnlySpan<byte> taken = _rest.Slice(at, Math.Max(length, 0));
        _rest = _rest[(at + taken.Length)..];
        return taken;
    }
}
