using BenchmarkDotNet.Attributes;
using KLog.Protocol.Compression;
using KLog.Protocol.Records;

namespace KLog.Bench.Microbenchmarks;

/// <summary>Both ways of each codec, on 16 KiB of which half is noise: about a producer's default batch.</summary>
public class CodecBenchmarks : IDisposable
{
    private const int ContentBytes = 16 * 1024;
    private readonly byte[] _content = new byte[ContentBytes];
    private readonly byte[] _decompressed = new byte[ContentBytes + 1];
    private readonly PooledOutput _output = new(2 * ContentBytes);
    private byte[] _compressed = [];

    [Params(CompressionType.Gzip, CompressionType.Snappy, CompressionType.Lz4, CompressionType.Zstd)]
    public CompressionType Codec { get; set; }

    [GlobalSetup]
    public void Fill()
    {
        Random random = new(1);
        for (int at = 0; at < ContentBytes; at += 128)
        {
            random.NextBytes(_content.AsSpan(at, 64));
        }

        Compress();
        _compressed = _output.Written.ToArray();
    }

    [GlobalCleanup]
    public void Dispose()
    {
        _output.Dispose();
        GC.SuppressFinalize(this);
    }

    [Benchmark]
    public int Compress()
    {
        _output.Clear();
        using Compressor compressor = Compressor.Rent(Codec);
        compressor.Start(_output, CompressionLevels.Default(Codec));
        compressor.Write(_content);
        compressor.Finish();
        return _output.Length;
    }

    [Benchmark]
    public int Decompress()
    {
        using Decompressor decompressor = Decompressor.Rent(Codec);
        decompressor.Start(_compressed);
        return decompressor.Read(_decompressed);
    }
}
