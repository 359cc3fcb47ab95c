using System.Buffers;
using KLog.Broker.Storage.Files;
using KLog.Protocol.Records;
using static System.Buffers.Binary.BinaryPrimitives;

namespace KLog.Broker.Storage;

/// <summary>
/// Walks the batches of a stretch of a segment's file, reading ahead in pieces. Stops at the end, or where no whole
/// batch follows; <see cref="Position"/> plus <see cref="BatchSize"/> then tells up to where all was well.
/// </summary>
internal ref struct BatchScanner
{
    private readonly IStorageFile _file;
    private readonly int _end;
    private Span<byte> _buffer;
    private byte[]? _rented;
    private int _bufferedFrom;
    private int _bufferedLength;

    /// <param name="position">Where a batch starts.</param>
    /// <param name="end">What lies from here on is not looked at.</param>
    /// <param name="buffer">Holds a header at least; a batch that is wanted whole and is larger gets a rented one.</param>
    internal BatchScanner(IStorageFile file, int position, int end, Span<byte> buffer)
    {
        _file = file;
        _end = end;
        _buffer = buffer;
        Position = position;
        _bufferedFrom = position;
    }

    /// <summary>Where the current batch starts in the file.</summary>
    internal int Position { get; private set; }

    /// <summary>Bytes of the current batch; 0 before the first.</summary>
    internal int BatchSize { get; private set; }

    /// <summary>The current batch's header. The rest of the batch need not be there.</summary>
    internal RecordBatchView Header => new(_buffer[(Position - _bufferedFrom).._bufferedLength]);

    internal sbyte Magic => (sbyte)_buffer[Position - _bufferedFrom + 16];

    /// <summary>The attributes of a message set of before KIP-98.</summary>
    internal int OldAttributes => _buffer[Position - _bufferedFrom + 17];

    /// <summary>In a message set of before KIP-98, the first field is the last record's offset.</summary>
    internal long LastOffset => Magic == RecordBatchView.MagicV2 ? Header.LastOffset : Header.BaseOffset;

    internal long BaseOffset => Header.BaseOffset;

    internal long MaxTimestamp => Magic switch
    {
        RecordBatchView.MagicV2 => Header.MaxTimestamp,
        1 => ReadInt64BigEndian(_buffer[(Position - _bufferedFrom + 18)..]),
        _ => RecordBatchView.NoTimestamp,
    };

    internal bool MoveNext()
    {
        int next = Position + BatchSize;
        int header = Math.Min(RecordBatchView.HeaderSize, _end - next);
        if (header < MinHeader || !Fill(next, header))
        {
            return false;
        }

        ReadOnlySpan<byte> start = _buffer[(next - _bufferedFrom)..];
        sbyte magic = (sbyte)start[16];
        int length = ReadInt32BigEndian(start[8..]);
        bool plausible = magic is >= 0 and <= RecordBatchView.MagicV2
            && length >= (magic == RecordBatchView.MagicV2 ? RecordBatchView.HeaderSize - RecordBatchView.LogOverhead : MinOldLength)
            && length <= _end - next - RecordBatchView.LogOverhead;
        if (!plausible)
        {
            return false;
        }

        Position = next;
        BatchSize = length + RecordBatchView.LogOverhead;
        return true;
    }

    /// <summary>The current batch, whole; valid until the next call of anything here.</summary>
    internal ReadOnlySpan<byte> Batch() =>
        Fill(Position, BatchSize)
            ? _buffer.Slice(Position - _bufferedFrom, BatchSize)
            : throw new EndOfStreamException("A segment's file ends before the batch that was found in it.");

    /// <summary>
    /// Of a batch of magic 2 the CRC-32C, of an older message set the CRC-32. Reads the batch in pieces when it is larger
    /// than the buffer: memory stays bounded whatever a length says.
    /// </summary>
    internal bool IsCrcValid()
    {
        bool isOld = Magic != RecordBatchView.MagicV2;
        int from = isOld ? OldCrcStart : CrcStart;
        if (!Fill(Position, from))
        {
            return false;
        }

        uint expected = ReadUInt32BigEndian(_buffer[(Position - _bufferedFrom + from - sizeof(uint))..]);
        if (BatchSize <= _buffer.Length)
        {
            return Fill(Position, BatchSize)
                && AppendCrc(isOld, 0, _buffer[(Position - _bufferedFrom + from)..(Position - _bufferedFrom + BatchSize)]) == expected;
        }

        uint crc = 0;
        byte[] piece = ArrayPool<byte>.Shared.Rent(64 * 1024);
        try
        {
            for (int at = from; at < BatchSize;)
            {
                int read = _file.Read(piece.AsSpan(0, Math.Min(piece.Length, BatchSize - at)), Position + at);
                if (read == 0)
                {
                    return false;
                }

                crc = AppendCrc(isOld, crc, piece.AsSpan(0, read));
                at += read;
            }
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(piece);
        }

        return crc == expected;
    }

    internal void Dispose()
    {
        if (_rented is { } rented)
        {
            _rented = null;
            ArrayPool<byte>.Shared.Return(rented);
        }
    }

    /// <summary>The shortest message set of magic 0: offset, size, CRC, magic, attributes, two lengths.</summary>
    private const int MinHeader = 26;
    private const int MinOldLength = MinHeader - RecordBatchView.LogOverhead;

    /// <summary>What the CRC covers follows it at once: from the attributes on, in an older message set from the magic on.</summary>
    private const int CrcStart = 21;
    private const int OldCrcStart = 16;

    private static uint AppendCrc(bool isOld, uint crc, ReadOnlySpan<byte> bytes) =>
        isOld ? Crc32.Append(crc, bytes) : Crc32C.Append(crc, bytes);

    /// <summary>Sees to it that the buffer holds that stretch of the file.</summary>
    private bool Fill(int position, int length)
    {
        if (position >= _bufferedFrom && position + length <= _bufferedFrom + _bufferedLength)
        {
            return true;
        }

        if (length > _buffer.Length)
        {
            byte[] larger = ArrayPool<byte>.Shared.Rent(length);
            Dispose();
            _rented = larger;
            _buffer = larger;
        }

        _bufferedFrom = position;
        _bufferedLength = _file.Read(_buffer[..Math.Min(_buffer.Length, _end - position)], position);
        return _bufferedLength >= length;
    }
}
