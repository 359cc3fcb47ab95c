using System.Buffers;
using KLog.Broker.Storage.Files;
using KLog.Protocol.Records;
using static System.Buffers.Binary.BinaryPrimitives;

namespace KLog.Broker.Storage;

/// <summary>
/// Reads a stretch of a segment's file in large pieces, and gives its batches one after another, whole, each with its
/// CRC checked. A batch that is larger than the buffer gets one of its own while it is the current one.
/// </summary>
internal sealed class BatchReader(int bufferBytes, Action<int> onRead) : IDisposable
{
    private readonly byte[] _buffer = ArrayPool<byte>.Shared.Rent(Math.Max(bufferBytes, RecordBatchView.HeaderSize));
    private byte[]? _large;
    private IStorageFile _file = null!;
    private int _end;
    private int _bufferedFrom;
    private int _bufferedLength;

    /// <summary>Where the current batch starts in the file.</summary>
    internal int Position { get; private set; }

    /// <summary>Valid until the next call.</summary>
    internal ReadOnlyMemory<byte> Batch { get; private set; }

    /// <summary>Where the batch after the current one starts.</summary>
    internal int NextPosition { get; private set; }

    /// <summary>The stretch goes on with a message set of magic 0 or 1, which is not read.</summary>
    internal bool IsAtOldMagic { get; private set; }

    /// <param name="file">Held open by the caller.</param>
    /// <param name="position">Where a batch starts.</param>
    /// <param name="end">Where the stretch ends.</param>
    internal void Start(IStorageFile file, int position, int end)
    {
        _file = file;
        _end = end;
        _bufferedFrom = position;
        _bufferedLength = 0;
        NextPosition = position;
        IsAtOldMagic = false;
    }

    /// <summary>False at the end, and before a batch of an older magic.</summary>
    /// <exception cref="InvalidDataException">No batch follows that is whole and whose CRC is right.</exception>
    internal bool MoveNext()
    {
        DropLarge();
        int left = _end - NextPosition;
        if (left == 0)
        {
            return false;
        }

        ReadOnlyMemory<byte> start = left > MagicAt ? Ensure(MagicAt + 1) : throw Damaged("too few bytes are left");
        int magic = start.Span[MagicAt];
        IsAtOldMagic = magic < RecordBatchView.MagicV2;
        if (IsAtOldMagic)
        {
            return false;
        }

        int length = ReadInt32BigEndian(start.Span[8..]);
        if (magic != RecordBatchView.MagicV2
            || length < RecordBatchView.HeaderSize - RecordBatchView.LogOverhead
            || length > left - RecordBatchView.LogOverhead)
        {
            throw Damaged($"no batch can have magic {magic} and length {length} there");
        }

        int size = length + RecordBatchView.LogOverhead;
        ReadOnlyMemory<byte> batch = size <= _buffer.Length ? Ensure(size) : ReadLarge(size);
        if (!new RecordBatchView(batch.Span).IsCrcValid())
        {
            throw Damaged("the CRC does not match");
        }

        Position = NextPosition;
        NextPosition += size;
        Batch = batch[..size];
        return true;
    }

    public void Dispose()
    {
        DropLarge();
        ArrayPool<byte>.Shared.Return(_buffer);
    }

    /// <summary>In all formats.</summary>
    private const int MagicAt = 16;

    /// <summary>The next batch's first bytes, as many as asked for.</summary>
    private ReadOnlyMemory<byte> Ensure(int bytes)
    {
        int at = NextPosition - _bufferedFrom;
        if (bytes > _bufferedLength - at)
        {
            int kept = Math.Max(0, _bufferedLength - at);
            _buffer.AsSpan(at, kept).CopyTo(_buffer);
            int wanted = Math.Min(_buffer.Length, _end - NextPosition) - kept;
            int read = _file.Read(_buffer.AsSpan(kept, wanted), NextPosition + kept);
            onRead(read);
            _bufferedFrom = NextPosition;
            _bufferedLength = kept + read;
            at = 0;
            if (_bufferedLength < bytes)
            {
                throw Damaged("the file ends before it");
            }
        }

        return _buffer.AsMemory(at, _bufferedLength - at);
    }

    /// <summary>Looks at the CRC in pieces first, so that a wrong length costs no memory.</summary>
    private ReadOnlyMemory<byte> ReadLarge(int size)
    {
        BatchScanner scanner = new(_file, NextPosition, _end, stackalloc byte[RecordBatchView.HeaderSize]);
        if (!scanner.MoveNext() || !scanner.IsCrcValid())
        {
            throw Damaged("the CRC does not match");
        }

        scanner.Dispose();
        _large = ArrayPool<byte>.Shared.Rent(size);
        int read = _file.Read(_large.AsSpan(0, size), NextPosition);
        onRead(read);
        _bufferedFrom = NextPosition + size;
        _bufferedLength = 0;
        return read == size ? _large.AsMemory(0, size) : throw Damaged("the file ends before it");
    }

    private void DropLarge()
    {
        if (_large is { } large)
        {
            _large = null;
            ArrayPool<byte>.Shared.Return(large);
        }
    }

    private InvalidDataException Damaged(string reason) => new($"the batch at position {NextPosition} is damaged: {reason}");
}
