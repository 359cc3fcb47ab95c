using BenchmarkDotNet.Attributes;
using KLog.Protocol.Records;

namespace KLog.Bench.Microbenchmarks;

/// <summary>The CRC of a small batch, of one that a busy producer sends, and of a large one.</summary>
public class Crc32CBenchmarks
{
    private byte[] _bytes = [];

    [Params(170, 11_000, 1_000_000)]
    public int Bytes { get; set; }

    [GlobalSetup]
    public void Fill()
    {
        _bytes = new byte[Bytes];
        new Random(1).NextBytes(_bytes);
    }

    [Benchmark]
    public uint Compute() => Crc32C.Compute(_bytes);
}
