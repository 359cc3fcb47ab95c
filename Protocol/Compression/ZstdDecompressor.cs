using KLog.Protocol.Records;

namespace KLog.Protocol.Compression;

/// <summary>
/// Zstandard frames through the system's library. What fits the caller's memory is decompressed in one call, without
/// the library's own window (2 MiB for what Java producers write) and its copy; only what does not fit is streamed.
/// </summary>
internal sealed class ZstdDecompressor : Decompressor
{
    /// <summary>A context that a stream's window made larger than this is not kept: one may ask for 128 MiB.</summary>
    private const uint KeptContextBytesMax = 4 << 20;

    private ZstdDecompressionHandle _context;
    private ReadOnlyMemory<byte> _rest;
    private State _state;
    private bool _streamed;

    internal ZstdDecompressor()
        : base(CompressionType.Zstd) => _context = CreateContext();

    private enum State
    {
        Started,
        Streaming,
        Ended,
    }

    public override void Start(ReadOnlyMemory<byte> compressed)
    {
        _rest = compressed;
        _state = compressed.IsEmpty ? State.Ended : State.Started;
    }

    public override int Read(Span<byte> into)
    {
        if (_state == State.Started)
        {
            if (TryReadAll(into, out int all))
            {
                _state = State.Ended;
                return all;
            }

            ZstdNative.ZSTD_DCtx_reset(_context, ZstdNative.ResetSession);
            _state = State.Streaming;
            _streamed = true;
        }

        return _state == State.Streaming ? ReadStream(into) : 0;
    }

    private protected override void Stop()
    {
        _rest = default;
        if (_streamed && ZstdNative.ZSTD_sizeof_DCtx(_context) > KeptContextBytesMax)
        {
            _context.Dispose();
            _context = CreateContext();
        }

        _streamed = false;
    }

    /// <summary>False when the content is longer than the span.</summary>
    private unsafe bool TryReadAll(Span<byte> into, out int all)
    {
        all = 0;
        fixed (byte* target = into, source = _rest.Span)
        {
            ulong size = ZstdNative.ZSTD_getFrameContentSize(source, (nuint)_rest.Length);
            if (size == ZstdNative.ContentSizeError)
            {
                throw Corrupt();
            }

            if ((size == ZstdNative.ContentSizeUnknown ? (ulong)_rest.Length : size) > (ulong)into.Length)
            {
                return false;
            }

            nuint code = ZstdNative.ZSTD_decompressDCtx(
                _context, target, (nuint)into.Length, source, (nuint)_rest.Length);
            if (ZstdNative.ZSTD_isError(code) == 0)
            {
                all = (int)code;
                return true;
            }

            return ZstdNative.ZSTD_getErrorCode(code) == ZstdNative.ErrorDestinationTooSmall
                ? false
                : throw Corrupt();
        }
    }

    private unsafe int ReadStream(Span<byte> into)
    {
        fixed (byte* bytes = into, rest = _rest.Span)
        {
            ZstdNative.Target target = new() { Bytes = bytes, Size = (nuint)into.Length };
            ZstdNative.Source source = new() { Bytes = rest, Size = (nuint)_rest.Length };
            while (target.Position < target.Size && _state == State.Streaming)
            {
                (nuint before, nuint taken) = (target.Position, source.Position);
                nuint hint = ZstdNative.ZSTD_decompressStream(_context, ref target, ref source);
                bool stands = target.Position == before && source.Position == taken;
                if (ZstdNative.ZSTD_isError(hint) != 0 || (stands && hint != 0))
                {
                    throw Corrupt();
                }

                if (hint == 0 && source.Position == source.Size)
                {
                    _state = State.Ended;
                }
            }

            _rest = _rest[(int)source.Position..];
            return (int)target.Position;
        }
    }

    private static ZstdDecompressionHandle CreateContext()
    {
        try
        {
            return ZstdNative.ZSTD_createDCtx();
        }
        catch (DllNotFoundException e)
        {
            throw CodecMissingException.Of("zstd", ZstdNative.Library, ZstdNative.Package, e);
        }
    }

    private static CorruptCompressionException Corrupt() => new("the zstd stream is corrupt or cut short");
}
