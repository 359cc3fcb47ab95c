using System.IO.Compression;
using System.Runtime.InteropServices;
using KLog.Protocol.Records;

namespace KLog.Protocol.Compression;

/// <summary>Gzip members, one or several (RFC 1952), through the platform's zlib.</summary>
internal sealed class GzipDecompressor() : Decompressor(CompressionType.Gzip)
{
    private GZipStream? _stream;

    public override void Start(ReadOnlyMemory<byte> compressed)
    {
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
