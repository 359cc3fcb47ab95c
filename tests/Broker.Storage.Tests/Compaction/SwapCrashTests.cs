using KLog.Broker.Storage.Tests.Support;
using KLog.Tests;
using Xunit.Abstractions;

namespace KLog.Broker.Storage.Tests.Compaction;

public class SwapCrashTests(ITestOutputHelper output)
{
    /// <summary>The process ends before one operation after another, while it cleans and while it starts again.</summary>
    [Fact]
    public void A_crash_before_any_operation_loses_and_doubles_nothing()
    {
        int seed = Seed.Random(output).Next();
        int crashes = 0;
        for (int at = 0; CleanWithCrashes(seed, at); at++)
        {
            crashes++;
        }

        Assert.True(crashes > 40, $"{crashes} places to crash at were found");
    }

    /// <summary>False when the cleaning came to its end before the operation that it is to stop at.</summary>
    private static bool CleanWithCrashes(int seed, int stopAt)
    {
        Random random = new(seed);
        WatchedFileSystem files = new();
        using TestStore test = new(
            CompactedLog.Config with { SegmentBytes = 1500, MinCleanableDirtyRatio = 0.1 }, files);
        ModelledLog model = new(test, random) { Keys = 8 };
        for (int i = 0; i < 40; i++)
        {
            model.Step();
        }

        model.EndAll();
        test.Log.Flush();
        bool crashed = Crashes(files, stopAt, () => test.Store.CleanDirtiest());
        if (!crashed)
        {
            return false;
        }

        // The start may be interrupted as well, at any of its own operations.
        for (int again = stopAt % 7; again < 60; again += 7)
        {
            if (!Crashes(files, again, () => test.Crash()))
            {
                break;
            }
        }

        files.OnChange = null;
        test.Crash();
        model.CheckContents();
        Assert.DoesNotContain(test.FileNames, name => name.EndsWith(".swap", StringComparison.Ordinal) || name.EndsWith(".cleaned", StringComparison.Ordinal));
        model.CheckProducersGoOn();
        test.CleanAll();
        model.CheckCleaned();
        model.CheckContents();
        return true;
    }

    /// <summary>From the operation on nothing reaches the disk any more.</summary>
    private static bool Crashes(WatchedFileSystem files, int stopAt, Action run)
    {
        int count = 0;
        files.OnChange = (_, _) =>
        {
            if (count++ >= stopAt)
            {
                throw new IOException("the process is no more", FaultyFileSystem.InputOutputError);
            }
        };
        try
        {
            run();
        }
        catch (IOException)
        {
            // What a start met.
        }

        return count > stopAt;
    }
}
