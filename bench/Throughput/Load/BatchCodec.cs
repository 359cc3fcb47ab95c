using KLog.Protocol.Compression;
using KLog.Protocol.Records;

namespace KLog.Bench.Throughput.Load;

/// <summary>Compresses a batch's records as Kafka's clients do at their default level; done once a run.</summary>
internal static class BatchCodec
{
    internal static byte[] Compress(byte[] records, CompressionType codec)
    {
        using PooledOutput output = new(records.Length + 1024);
        using Compressor compressor = Compressor.Rent(codec);
        compressor.Start(output, CompressionLevels.Default(codec));
        compressor.Write(records);
        compressor.Finish();
        return output.Written.ToArray();
    }
}
