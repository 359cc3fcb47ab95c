using BenchmarkDotNet.Attributes;
using KLog.Broker.Storage;
using KLog.Protocol;
using KLog.Protocol.Records;

namespace KLog.Bench.Microbenchmarks;

/// <summary>
/// What the produce path does with the bytes of a batch before it writes them: of 1 record and of 100 records, 100 B
/// each and half of it noise.
/// </summary>
[MemoryDiagnoser]
public class ValidationBenchmarks
{
    private const long NowMs = 1_700_000_000_000;
    private readonly LogConfig _config = new();
    private byte[] _batch = [];

    [Params(1, 100)]
    public int Records { get; set; }

    [ParamsAllValues]
    public CompressionType Codec { get; set; }

    [GlobalSetup]
    public void Build()
    {
        Random random = new(1);
        using RecordBatchBuilder builder = new(Codec);
        for (int i = 0; i < Records; i++)
        {
            byte[] value = new byte[100];
            random.NextBytes(value.AsSpan(0, 50));
            builder.Append(NowMs + i, null, value);
        }

        _batch = builder.ToArray();
    }

    [Benchmark]
    public ErrorCode Validate()
    {
        using ValidatedBatch validated = BatchValidation.Validate(_batch, _config, AppendOrigin.Client, NowMs);
        return validated.Error;
    }
}
