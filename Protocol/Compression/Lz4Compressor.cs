using KLog.Protocol.Records;

namespace KLog.Protocol.Compression;

/// <summary>One lz4 frame of independent 64 KiB blocks, through the system's library, as Kafka's Java clients write it.</summary>
internal sealed class Lz4Compressor : Compressor
{
    private const int BlockBytes = 64 * 1024;
    private const int BlockSizeId64KiB = 4;
    private const int IndependentBlocks = 1;
    private const int HeaderBytesMax = 19;

    /// <summary>From here on the library searches harder (lz4hc.h); below it is its fast mode.</summary>
    private const int HighCompressionMin = 3;

    private readonly Lz4CompressionHandle _context;
    private Lz4Native.Preferences _preferences = new()
    {
        BlockSizeId = BlockSizeId64KiB,
        BlockMode = IndependentBlocks,
        AutoFlush = 1,
    };

    internal Lz4Compressor()
        : base(CompressionType.Lz4, BlockBytes)
    {
        try
        {
            Lz4Native.LZ4F_createCompressionContext(out _context, Lz4Native.FrameVersion);
        }
        catch (DllNotFoundException e)
        {
            throw CodecMissingException.Of("lz4", Lz4Native.Library, Lz4Native.Package, e);
        }
    }

    private protected override unsafe void Begin(int level)
    {
        // Kafka's default means the fast mode to its Java clients; every other level means the one that searches.
        _preferences.CompressionLevel =
            level == CompressionLevels.Lz4Default ? 0 : Math.Max(level, HighCompressionMin);
        fixed (byte* into = Output.GetSpan(HeaderBytesMax))
        {
            Wrote(Lz4Native.LZ4F_compressBegin(_context, into, HeaderBytesMax, in _preferences));
        }
    }

    private protected override unsafe void WriteChunk(ReadOnlySpan<byte> chunk)
    {
        nuint bound = Lz4Native.LZ4F_compressBound((nuint)chunk.Length, in _preferences);
        fixed (byte* into = Output.GetSpan((int)bound), from = chunk)
        {
            Wrote(Lz4Native.LZ4F_compressUpdate(_context, into, bound, from, (nuint)chunk.Length, 0));
        }
    }

    private protected override unsafe void End(ReadOnlySpan<byte> last)
    {
        if (!last.IsEmpty)
        {
            WriteChunk(last);
        }

        nuint bound = Lz4Native.LZ4F_compressBound(0, in _preferences);
        fixed (byte* into = Output.GetSpan((int)bound))
        {
            Wrote(Lz4Native.LZ4F_compressEnd(_context, into, bound, 0));
        }
    }

    private void Wrote(nuint code)
    {
        Invariant.Holds(Lz4Native.LZ4F_isError(code) == 0, "lz4 refuses to compress");
        Output.Advance((int)code);
    }
}
