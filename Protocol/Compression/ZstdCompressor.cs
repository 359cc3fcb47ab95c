using KLog.Protocol.Records;

namespace KLog.Protocol.Compression;

/// <summary>One zstd frame, through the system's library.</summary>
internal sealed class ZstdCompressor : Compressor
{
    /// <summary>
    /// Content up to this goes to the library in one call, which then knows its length and makes its tables to
    /// measure: for level 22 that is the difference between milliseconds and seconds.
    /// </summary>
    private const int ChunkBytes = 128 * 1024;

    private const int OutputPieceBytes = 16 * 1024;

    private readonly ZstdCompressionHandle _context;

    internal ZstdCompressor()
        : base(CompressionType.Zstd, ChunkBytes)
    {
        try
        {
            _context = ZstdNative.ZSTD_createCCtx();
        }
        catch (DllNotFoundException e)
        {
            throw CodecMissingException.Of("zstd", ZstdNative.Library, ZstdNative.Package, e);
        }
    }

    private protected override void Begin(int level)
    {
        ZstdNative.ZSTD_CCtx_reset(_context, ZstdNative.ResetSession);
        Check(ZstdNative.ZSTD_CCtx_setParameter(_context, ZstdNative.ParameterCompressionLevel, level));
    }

    private protected override void WriteChunk(ReadOnlySpan<byte> chunk) => Compress(chunk, ZstdNative.DirectiveContinue);

    private protected override void End(ReadOnlySpan<byte> last) => Compress(last, ZstdNative.DirectiveEnd);

    private unsafe void Compress(ReadOnlySpan<byte> chunk, int directive)
    {
        fixed (byte* from = chunk)
        {
            ZstdNative.Source source = new() { Bytes = from, Size = (nuint)chunk.Length };
            nuint left;
            do
            {
                fixed (byte* into = Output.GetSpan(OutputPieceBytes))
                {
                    ZstdNative.Target target = new() { Bytes = into, Size = OutputPieceBytes };
                    left = ZstdNative.ZSTD_compressStream2(_context, ref target, ref source, directive);
                    Check(left);
                    Output.Advance((int)target.Position);
                }
            }
            while (source.Position < source.Size || (directive == ZstdNative.DirectiveEnd && left > 0));
        }
    }

    private static void Check(nuint code) =>
        Invariant.Holds(ZstdNative.ZSTD_isError(code) == 0, "zstd refuses to compress");
}
