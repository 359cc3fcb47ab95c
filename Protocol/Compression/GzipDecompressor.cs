using System.IO.Compression;
using System.Runtime.InteropServices;
using KLog.Protocol.Records;

namespace KLog.Protocol.Compression;

/// <summary>Gzip members, one or several (RFC 1952), through the platform's zlib.</summary>
internal sealed class GzipDecompressor() : Decompressor(CompressionType.Gzip)
{
    private GZipStream? _stream;

    /// <summary>Without this switch .NET takes a stream that is cut short for one that has ended.</summary>
    static GzipDecompressor() => AppContext.SetSwitch("System.IO.Compression.UseStrictValidation", true);

    public override void Start(ReadOnlyMemory<byte> compressed)
    {
        if (compressed.IsEmpty)
        {
            throw new CorruptCompressionException("a gzip stream has a header at least");
        }

        ArraySegment<byte> bytes = MemoryMarshal.TryGetArray(compressed, out ArraySegment<byte> array)
            ? array
            : compressed.ToArray();
        _stream = new GZipStream(
            new MemoryStream(bytes.Array!, bytes.Offset, bytes.Count, writable: false), CompressionMode.Decompress);
    }

    public override int Read(Span<byte> into)
    {
        try
        {
            return _stream!.ReadAtLeast(into, into.Length, throwOnEndOfStream: false);
        }
        catch (InvalidDataException e)
        {
            throw new CorruptCompressionException("the gzip stream is corrupt", e);
        }
    }

    private protected override void Stop()
    {
        _stream?.Dispose();
        _stream = null;
    }
}
