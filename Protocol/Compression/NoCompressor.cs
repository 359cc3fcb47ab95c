using KLog.Protocol.Records;

namespace KLog.Protocol.Compression;

/// <summary>Copies: the codec of batches that are not compressed.</summary>
internal sealed class NoCompressor() : Compressor(CompressionType.None, chunkSize: 16 * 1024)
{
    private protected override void Begin(int level)
    {
    }

    private protected override void WriteChunk(ReadOnlySpan<byte> chunk) => Output.Write(chunk);

    private protected override void End(ReadOnlySpan<byte> last) => Output.Write(last);
}
