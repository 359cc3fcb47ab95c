using System.Diagnostics;
using System.Globalization;
using KLog.Tests;
using Xunit.Abstractions;

namespace KLog.Broker.Storage.Tests.Simulated;

/// <summary>
/// Thousands of power cuts. <c>KLOG_POWER_CUTS=20000</c> makes it so many runs instead of as many as ten seconds hold;
/// <c>KLOG_POWER_CUT=1234</c> does the one run of that seed.
/// </summary>
public class PowerCutTests(ITestOutputHelper output)
{
    private const long DefaultMs = 8_000;

    [Fact]
    public Task A_power_cut_loses_nothing_that_was_flushed_and_leaves_nothing_half() => RunManyAsync(seed =>
    {
        PowerCutRun run = new(seed);
        return (run.RunAsync, run.History);
    });

    [Fact]
    public Task Neither_does_one_while_a_log_is_compacted_and_moved() => RunManyAsync(seed =>
    {
        CompactionCutRun run = new(seed);
        return (run.RunAsync, run.History);
    });

    private async Task RunManyAsync(Func<int, (Func<Task> Run, List<string> History)> make)
    {
        if (Number("KLOG_POWER_CUT") is { } only)
        {
            await RunAsync(only, make);
            return;
        }

        Random random = Seed.Random(output);
        int? runs = Number("KLOG_POWER_CUTS");
        long started = Stopwatch.GetTimestamp();
        int done = 0;
        while (runs is { } wanted ? done < wanted : Stopwatch.GetElapsedTime(started).TotalMilliseconds < DefaultMs)
        {
            await RunAsync(random.Next(), make);
            done++;
        }

        output.WriteLine($"{done} runs, of up to five power cuts each");
    }

    private async Task RunAsync(int seed, Func<int, (Func<Task> Run, List<string> History)> make)
    {
        (Func<Task> run, List<string> history) = make(seed);
        try
        {
            // A run takes milliseconds: one that does not end is told with its seed too.
            await Task.Run(run).WaitAsync(TimeSpan.FromMinutes(1));
        }
        catch (Exception error)
        {
            output.WriteLine($"KLOG_POWER_CUT={seed}");
            foreach (string line in history.TakeLast(200))
            {
                output.WriteLine(line);
            }

            throw new InvalidOperationException($"run {seed}: {error.Message}", error);
        }
    }

    private static int? Number(string variable) =>
        int.TryParse(Environment.GetEnvironmentVariable(variable), CultureInfo.InvariantCulture, out int number) ? number : null;
}
