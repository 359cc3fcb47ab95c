using System.Buffers;
using System.Buffers.Binary;
using KLog.Protocol.Records;

namespace KLog.Protocol.Compression;

/// <summary>
/// Snappy, in xerial's framing or as one bare block. A block is decompressed straight into the caller's memory where
/// it fits, else through a pooled block, which is no more than 22 times as long as its bytes.
/// </summary>
internal sealed class SnappyDecompressor() : Decompressor(CompressionType.Snappy)
{
    private ReadOnlyMemory<byte> _rest;
    private bool _framed;
    private byte[] _block = [];
    private int _blockAt;
    private int _blockEnd;

    public override void Start(ReadOnlyMemory<byte> compressed)
    {
        if (compressed.IsEmpty)
        {
            throw Corrupt();
        }

        _framed = SnappyFraming.IsFramed(compressed.Span);
        _rest = _framed ? compressed[SnappyFraming.HeaderSize..] : compressed;
        _blockAt = _blockEnd = 0;
    }

    public override int Read(Span<byte> into)
    {
        int read = 0;
        while (read < into.Length)
        {
            if (_blockAt < _blockEnd)
            {
                int count = Math.Min(_blockEnd - _blockAt, into.Length - read);
                _block.AsSpan(_blockAt, count).CopyTo(into[read..]);
                _blockAt += count;
                read += count;
            }
            else if (_rest.IsEmpty)
            {
                break;
            }
            else
            {
                read += DecodeNext(into[read..]);
            }
        }

        return read;
    }

    private protected override void Stop()
    {
        _rest = default;
        ReturnBlock();
    }

    private void ReturnBlock()
    {
        if (_block.Length > 0)
        {
            ArrayPool<byte>.Shared.Return(_block);
            _block = [];
        }
    }

    /// <summary>Into the span when the block fits: its length. Else into the block that is read from, and 0.</summary>
    private int DecodeNext(Span<byte> into)
    {
        ReadOnlySpan<byte> block = TakeBlock();
        if (!SnappyBlock.TryReadLength(block, out int length, out int elementsAt))
        {
            throw Corrupt();
        }

        bool direct = length <= into.Length;
        if (!direct && _block.Length < length)
        {
            ReturnBlock();
            _block = ArrayPool<byte>.Shared.Rent(length);
        }

        Span<byte> target = direct ? into[..length] : _block.AsSpan(0, length);
        if (!SnappyBlock.TryDecode(block[elementsAt..], target))
        {
            throw Corrupt();
        }

        (_blockAt, _blockEnd) = (0, direct ? 0 : length);
        return direct ? length : 0;
    }

    private ReadOnlySpan<byte> TakeBlock()
    {
        ReadOnlySpan<byte> rest = _rest.Span;
        int start = 0;
        int length = rest.Length;
        if (_framed)
        {
            start = sizeof(int);
            if (rest.Length < start)
            {
                throw Corrupt();
            }

            length = BinaryPrimitives.ReadInt32BigEndian(rest);
        }

        if ((uint)length > (uint)(rest.Length - start))
        {
            throw Corrupt();
        }

        _rest = _rest[(start + length)..];
        return rest.Slice(start, length);
    }

    private static CorruptCompressionException Corrupt() => new("the snappy stream is corrupt");
}
