using System.Buffers.Binary;
using KLog.Protocol.Records;

namespace KLog.Protocol.Compression;

/// <summary>
/// One lz4 frame of independent blocks, through the system's library. Java clients read no other frames, so frames of
/// linked blocks are refused as Kafka refuses them; what follows the frame is ignored, as Kafka does.
/// </summary>
internal sealed class Lz4Decompressor : Decompressor
{
    private const uint FrameMagic = 0x184D2204;
    private const int FlagsAt = 4;
    private const int IndependentBlocks = 0x20;
    private const int FrameHeaderMin = 7;

    private readonly Lz4DecompressionHandle _context;
    private ReadOnlyMemory<byte> _rest;
    private bool _ended;

    internal Lz4Decompressor()
        : base(CompressionType.Lz4)
    {
        try
        {
            Lz4Native.LZ4F_createDecompressionContext(out _context, Lz4Native.FrameVersion);
        }
        catch (DllNotFoundException e)
        {
            throw CodecMissingException.Of("lz4", Lz4Native.Library, Lz4Native.Package, e);
        }
    }

    public override void Start(ReadOnlyMemory<byte> compressed)
    {
        ReadOnlySpan<byte> bytes = compressed.Span;
        if (bytes.Length < FrameHeaderMin
            || BinaryPrimitives.ReadUInt32LittleEndian(bytes) != FrameMagic
            || (bytes[FlagsAt] & IndependentBlocks) == 0)
        {
            throw new CorruptCompressionException("no lz4 frame of independent blocks");
        }

        Lz4Native.LZ4F_resetDecompressionContext(_context);
        _rest = compressed;
        _ended = false;
    }

    public override unsafe int Read(Span<byte> into)
    {
        int read = 0;
        while (read < into.Length && !_ended)
        {
            nuint written = (nuint)(into.Length - read);
            nuint taken = (nuint)_rest.Length;
            nuint hint;
            fixed (byte* target = into[read..], source = _rest.Span)
            {
                hint = Lz4Native.LZ4F_decompress(_context, target, ref written, source, ref taken, 0);
            }

            if (Lz4Native.LZ4F_isError(hint) != 0 || (hint != 0 && written == 0 && taken == 0))
            {
                throw new CorruptCompressionException("the lz4 frame is corrupt or cut short");
            }

            _rest = _rest[(int)taken..];
            read += (int)written;
            _ended = hint == 0;
        }

        return read;
    }

    private protected override void Stop() => _rest = default;
}
