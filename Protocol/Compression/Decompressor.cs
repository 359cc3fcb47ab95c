using KLog.Protocol.Records;

namespace KLog.Protocol.Compression;

/// <summary>
/// Decompresses one batch's records after another, piece by piece into the caller's memory, so that a small batch of
/// enormous content costs time, never memory. One stream and one thread at a time; rented from the calling thread's
/// store, and put back by <see cref="Dispose"/>.
/// </summary>
public abstract class Decompressor : IDisposable
{
    /// <summary>What this thread has in store, by codec: native contexts are dear to make.</summary>
    [ThreadStatic]
    private static Decompressor?[]? _store;

    private protected Decompressor(CompressionType codec) => Codec = codec;

    public CompressionType Codec { get; }

    /// <exception cref="CodecMissingException">The codec's native library is not installed.</exception>
    /// <exception cref="ArgumentOutOfRangeException">Not a codec.</exception>
    public static Decompressor Rent(CompressionType codec)
    {
        Decompressor?[] store = _store ??= new Decompressor?[(int)CompressionType.Zstd + 1];
        ref Decompressor? stored = ref store[(int)codec];
        Decompressor rented = stored ?? Create(codec);
        stored = null;
        return rented;
    }

    /// <summary>Begins a stream; the bytes must stay as they are until <see cref="Dispose"/>.</summary>
    /// <exception cref="CorruptCompressionException">The stream does not begin as the codec's do.</exception>
    public abstract void Start(ReadOnlyMemory<byte> compressed);

    /// <summary>Fills the span as far as the stream goes; fewer bytes than it holds, or none, only at the end.</summary>
    /// <exception cref="CorruptCompressionException">The stream is not what an encoder wrote, or ends too early.</exception>
    public abstract int Read(Span<byte> into);

    public void Dispose()
    {
        Stop();
        Decompressor?[] store = _store ??= new Decompressor?[(int)CompressionType.Zstd + 1];
        store[(int)Codec] = this;
        GC.SuppressFinalize(this);
    }

    /// <summary>Lets go of the stream's bytes, and of memory that only an unusual stream needs.</summary>
    private protected abstract void Stop();

    private static Decompressor Create(CompressionType codec) => codec switch
    {
        CompressionType.Gzip => new GzipDecompressor(),
        CompressionType.Snappy => new SnappyDecompressor(),
        CompressionType.Lz4 => new Lz4Decompressor(),
        CompressionType.Zstd => new ZstdDecompressor(),
        _ => throw new ArgumentOutOfRangeException(nameof(codec), codec, "not a codec"),
    };
}
