using KLog.Broker.Storage.Files;

namespace KLog.Broker.Storage;

/// <summary>
/// The entries that an index got since its segment was made or opened, in memory as they are in the file, and which
/// of them the file has yet to get. One writer (the log's writer lock); readers need no lock.
/// </summary>
/// <remarks>
/// The writer fills an entry, then publishes the array when it is a new one, then the length. A reader takes the
/// length first and the array after it, and so never sees an array that is shorter than its length.
/// </remarks>
internal sealed class IndexBuffer
{
    private const int FirstCapacity = 96;

    private readonly int _entrySize;
    private byte[] _bytes = [];
    private int _length;
    private int _writtenLength;

    /// <param name="earlierLength">Bytes of the entries that the file held before.</param>
    internal IndexBuffer(int entrySize, int earlierLength)
    {
        _entrySize = entrySize;
        EarlierLength = earlierLength;
    }

    /// <summary>Bytes of the file that are not in memory.</summary>
    internal int EarlierLength { get; }

    /// <summary>Entries of the whole index.</summary>
    internal int Count => (EarlierLength + Volatile.Read(ref _length)) / _entrySize;

    internal int UnwrittenBytes => _length - _writtenLength;

    internal ReadOnlySpan<byte> Entries
    {
        get
        {
            int length = Volatile.Read(ref _length);
            return Volatile.Read(ref _bytes).AsSpan(0, length);
        }
    }

    /// <summary>Room for the next entry, which readers see after <see cref="Commit"/>.</summary>
    internal Span<byte> Next()
    {
        if (_bytes.Length - _length < _entrySize)
        {
            byte[] larger = new byte[Math.Max(FirstCapacity, _bytes.Length * 2)];
            _bytes.AsSpan(0, _length).CopyTo(larger);
            Volatile.Write(ref _bytes, larger);
        }

        return _bytes.AsSpan(_length, _entrySize);
    }

    internal void Commit() => Volatile.Write(ref _length, _length + _entrySize);

    /// <summary>Brings the file up to date, and to its exact length.</summary>
    internal void WriteTo(IFileSystem files, string path, bool sync)
    {
        using IStorageFile file = files.Open(path, FileOpening.CreateIfMissing);
        if (UnwrittenBytes > 0)
        {
            file.Write(_bytes.AsSpan(_writtenLength, UnwrittenBytes), EarlierLength + _writtenLength);
        }

        if (file.Length != EarlierLength + _length)
        {
            file.SetLength(EarlierLength + _length);
        }

        _writtenLength = _length;
        if (sync)
        {
            file.Sync();
        }
    }
}
