using System.Buffers.Binary;
using IronSnappy;
using KLog.Protocol.Records;

namespace KLog.Protocol.Compression;

/// <summary>Snappy in xerial's framing, which every Kafka client reads.</summary>
internal sealed class SnappyCompressor() : Compressor(CompressionType.Snappy, SnappyFraming.BlockSize)
{
    private protected override void Begin(int level)
    {
        SnappyFraming.WriteHeader(Output.GetSpan(SnappyFraming.HeaderSize));
        Output.Advance(SnappyFraming.HeaderSize);
    }

    private protected override void WriteChunk(ReadOnlySpan<byte> chunk)
    {
        ReadOnlySpan<byte> block = Snappy.Encode(chunk);
        BinaryPrimitives.WriteInt32BigEndian(Output.GetSpan(sizeof(int)), block.Length);
        Output.Advance(sizeof(int));
        Output.Write(block);
    }

    private protected override void End(ReadOnlySpan<byte> last)
    {
        if (!last.IsEmpty)
        {
            WriteChunk(last);
        }
    }
}
