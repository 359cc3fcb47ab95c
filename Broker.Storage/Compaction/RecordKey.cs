using KLog.Protocol.Compression;
using KLog.Protocol.Records;

namespace KLog.Broker.Storage;

/// <summary>
/// Finds a record's key, and whether it has a value, in the pieces in which <see cref="RecordWalk"/> gives its tail.
/// Most tails come in one; only a key that is cut between two is copied.
/// </summary>
internal sealed class RecordKey : IDisposable
{
    private readonly PooledOutput _joined = new(capacity: 256);
    private bool _isKnown;

    internal bool HasKey { get; private set; }

    /// <summary>Valid once <see cref="IsFoundIn"/> says so, until the next call.</summary>
    internal bool HasValue { get; private set; }

    internal void Begin()
    {
        _isKnown = false;
        _joined.Clear();
    }

    /// <summary>True once, with the piece that completes it; the key lies in the piece or is this object's.</summary>
    internal bool IsFoundIn(ReadOnlySpan<byte> piece, out ReadOnlySpan<byte> key)
    {
        key = default;
        if (_isKnown)
        {
            return false;
        }

        if (_joined.Length > 0)
        {
            _joined.Write(piece);
            piece = _joined.Written.Span;
        }

        _isKnown = TryRead(piece, out key);
        if (!_isKnown && _joined.Length == 0)
        {
            _joined.Write(piece);
        }

        return _isKnown;
    }

    public void Dispose() => _joined.Dispose();

    private bool TryRead(ReadOnlySpan<byte> tail, out ReadOnlySpan<byte> key)
    {
        key = default;
        int at = 0;
        if (!Varint.TryRead(tail, ref at, out int keyLength) || Math.Max(keyLength, 0) > tail.Length - at)
        {
            return false;
        }

        int keyAt = at;
        at += Math.Max(keyLength, 0);
        if (!Varint.TryRead(tail, ref at, out int valueLength))
        {
            return false;
        }

        key = tail.Slice(keyAt, Math.Max(keyLength, 0));
        HasKey = keyLength >= 0;
        HasValue = valueLength >= 0;
        return true;
    }
}
