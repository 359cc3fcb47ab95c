using System.IO.Compression;
using KLog.Protocol.Records;

namespace KLog.Protocol.Compression;

/// <summary>One gzip member (RFC 1952), through the platform's zlib.</summary>
internal sealed class GzipCompressor() : Compressor(CompressionType.Gzip, chunkSize: 16 * 1024)
{
    private GZipStream? _stream;
    private int _start;

    /// <summary>The member of no content. .NET writes nothing at all for it, which no reader takes for gzip.</summary>
    private static ReadOnlySpan<byte> Empty => [0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 3, 3, 0, 0, 0, 0, 0, 0, 0, 0, 0];

    private protected override void Begin(int level)
    {
        _start = Output.Length;
        _stream = new GZipStream(new OutputStream(Output), new ZLibCompressionOptions { CompressionLevel = level });
    }

    private protected override void WriteChunk(ReadOnlySpan<byte> chunk) => _stream!.Write(chunk);

    private protected override void End(ReadOnlySpan<byte> last)
    {
        _stream!.Write(last);
        _stream.Dispose();
        if (Output.Length == _start)
        {
            Output.Write(Empty);
        }
    }

    private protected override void Stop()
    {
        _stream?.Dispose();
        _stream = null;
    }

    /// <summary>What the gzip stream writes to.</summary>
    private sealed class OutputStream(PooledOutput output) : Stream
    {
        public override bool CanRead => false;

        public override bool CanSeek => false;

        public override bool CanWrite => true;

        public override long Length => output.Length;

        public override long Position
        {
            get => output.Length;
            set => throw new NotSupportedException();
        }

        public override void Write(ReadOnlySpan<byte> buffer) => output.Write(buffer);

        public override void Write(byte[] buffer, int offset, int count) => output.Write(buffer.AsSpan(offset, count));

        public override void Flush()
        {
        }

        public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

        public override void SetLength(long value) => throw new NotSupportedException();
    }
}
