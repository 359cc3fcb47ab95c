using System.Globalization;

namespace KLog.Tests;

/// <summary>
/// The randomness of one test. Its seed stands in the test's output and, when a test fails, is all that is needed to
/// run it again: <c>KLOG_SEED=1234 dotnet test --filter …</c>
/// </summary>
internal static class Seed
{
    public static Random Random(Xunit.Abstractions.ITestOutputHelper output)
    {
        int seed = Environment.GetEnvironmentVariable("KLOG_SEED") is { Length: > 0 } given
            ? int.Parse(given, CultureInfo.InvariantCulture)
            : System.Random.Shared.Next();
        output.WriteLine($"KLOG_SEED={seed}");
        return new Random(seed);
    }
}
