using KLog.Protocol.Compression;

namespace KLog.Protocol.Records;

/// <summary>
/// A window of fixed size over a batch's decompressed records. Most batches fit it whole; a larger one is read
/// through it, so that no batch, however much it decompresses to, needs more memory than this.
/// One thread at a time; rented from the calling thread's store, and put back by <see cref="Dispose"/>.
/// </summary>
internal sealed class RecordWindow : IDisposable
{
    internal const int Size = 256 * 1024;

    /// <summary>What a batch may decompress to. A bomb costs the time that this takes, and no more.</summary>
    private const long ContentBytesMax = int.MaxValue;

    [ThreadStatic]
    private static RecordWindow? _stored;

    private readonly byte[] _buffer = GC.AllocateUninitializedArray<byte>(Size);
    private Decompressor _source = null!;
    private int _start;
    private int _end;
    private bool _ended;

    /// <summary>Bytes of the content that were passed over.</summary>
    internal long Passed { get; private set; }

    internal ReadOnlySpan<byte> Unread => _buffer.AsSpan(_start, _end - _start);

    internal bool IsFull => _end - _start == Size;

    internal static RecordWindow Rent(CompressionType codec, ReadOnlyMemory<byte> compressed)
    {
        Decompressor source = Decompressor.Rent(codec);
        RecordWindow window = _stored ?? new RecordWindow();
        _stored = null;
        window._source = source;
        (window._start, window._end, window._ended, window.Passed) = (0, 0, false, 0);
        try
        {
            source.Start(compressed);
        }
        catch
        {
            window.Dispose();
            throw;
        }

        return window;
    }

    internal void Pass(int count)
    {
        _start += count;
        Passed += count;
    }

    /// <summary>Fills the room that was passed over; false when nothing came.</summary>
    internal bool Fill()
    {
        if (_ended)
        {
            return false;
        }

        Unread.CopyTo(_buffer);
        _end -= _start;
        _start = 0;
        int read = _source.Read(_buffer.AsSpan(_end));
        _ended = read < Size - _end;
        _end += read;
        return Passed + _end <= ContentBytesMax
            ? read > 0
            : throw new CorruptCompressionException("the batch decompresses to more than 2 GiB");
    }

    public void Dispose()
    {
        _source.Dispose();
        _stored = this;
    }
}
