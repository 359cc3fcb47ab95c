using KLog.Tests;
using Xunit.Abstractions;

namespace KLog.Faults;

public sealed class CrashTests(ITestOutputHelper output)
{
    /// <summary>200 and more: tests/Faults/crash --rounds 200.</summary>
    private const int Rounds = 20;

    [Fact]
    public async Task A_killed_broker_has_lost_nothing_that_it_acknowledged()
    {
        int seed = Seed.Random(output).Next();
        CrashTotals totals = await new CrashRun(seed, output.WriteLine).RunAsync(Rounds);
        output.WriteLine(totals.ToString());
        Assert.True(totals.Acknowledged > 0);
    }
}
