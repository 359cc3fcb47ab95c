using KLog.Protocol.Records;

namespace KLog.Protocol.Compression;

/// <summary>
/// Compresses one batch's records after another into a <see cref="PooledOutput"/>, as Kafka's own clients write them.
/// One stream and one thread at a time; rented from the calling thread's store, and put back by <see cref="Dispose"/>.
/// </summary>
public abstract class Compressor : IDisposable
{
    [ThreadStatic]
    private static Compressor?[]? _store;

    private readonly byte[] _chunk;
    private int _chunkLength;

    private protected Compressor(CompressionType codec, int chunkSize)
    {
        Codec = codec;
        _chunk = new byte[chunkSize];
    }

    public CompressionType Codec { get; }

    private protected PooledOutput Output { get; private set; } = null!;

    /// <summary>Also for <see cref="CompressionType.None"/>, which copies.</summary>
    /// <exception cref="CodecMissingException">The codec's native library is not installed.</exception>
    public static Compressor Rent(CompressionType codec)
    {
        Compressor?[] store = _store ??= new Compressor?[(int)CompressionType.Zstd + 1];
        ref Compressor? stored = ref store[(int)codec];
        Compressor rented = stored ?? Create(codec);
        stored = null;
        return rented;
    }

    /// <summary>Begins a stream behind what the output holds.</summary>
    /// <param name="output">The caller's; not used after <see cref="Finish"/>.</param>
    /// <param name="level">One that <see cref="CompressionLevels"/> allows for the codec.</param>
    public void Start(PooledOutput output, int level)
    {
        Output = output;
        _chunkLength = 0;
        Begin(level);
    }

    public void Write(ReadOnlySpan<byte> bytes)
    {
        while (bytes.Length > 0)
        {
            if (_chunkLength == 0 && bytes.Length >= _chunk.Length)
            {
                WriteChunk(bytes[.._chunk.Length]);
                bytes = bytes[_chunk.Length..];
                continue;
            }

            int count = Math.Min(bytes.Length, _chunk.Length - _chunkLength);
            bytes[..count].CopyTo(_chunk.AsSpan(_chunkLength));
            _chunkLength += count;
            bytes = bytes[count..];
            if (_chunkLength == _chunk.Length)
            {
                WriteChunk(_chunk);
                _chunkLength = 0;
            }
        }
    }

    /// <summary>Ends the stream; the output holds all of it.</summary>
    public void Finish()
    {
        End(_chunk.AsSpan(0, _chunkLength));
        _chunkLength = 0;
    }

    public void Dispose()
    {
        Stop();
        Output = null!;
        (_store ??= new Compressor?[(int)CompressionType.Zstd + 1])[(int)Codec] = this;
        GC.SuppressFinalize(this);
    }

    private protected abstract void Begin(int level);

    private protected abstract void WriteChunk(ReadOnlySpan<byte> chunk);

    /// <param name="last">What is left; nothing, when the content is whole chunks.</param>
    private protected abstract void End(ReadOnlySpan<byte> last);

    /// <summary>Leaves a stream that may not have been finished.</summary>
    private protected virtual void Stop()
    {
    }

    private static Compressor Create(CompressionType codec) => codec switch
    {
        CompressionType.None => new NoCompressor(),
        CompressionType.Gzip => new GzipCompressor(),
        CompressionType.Snappy => new SnappyCompressor(),
        CompressionType.Lz4 => new Lz4Compressor(),
        CompressionType.Zstd => new ZstdCompressor(),
        _ => throw new ArgumentOutOfRangeException(nameof(codec), codec, "not a codec"),
    };
}
