namespace KLog.Protocol.Tests.Records;

/// <summary>Randomness that can be run again: each test prints its seed, and KLOG_SEED sets it.</summary>
internal static class Seeds
{
    internal static Random New(Xunit.Abstractions.ITestOutputHelper output)
    {
        int seed = Environment.GetEnvironmentVariable("KLOG_SEED") is { } set
            ? int.Parse(set, System.Globalization.CultureInfo.InvariantCulture)
            : Random.Shared.Next();
        output.WriteLine($"KLOG_SEED={seed}");
        return new Random(seed);
    }

    internal static byte[] Bytes(this Random random, int length)
    {
        byte[] bytes = new byte[length];
        random.NextBytes(bytes);
        return bytes;
    }
}
