namespace KLog.Faults;

public sealed class HaltTests
{
    [Fact]
    public async Task A_broker_whose_last_folder_fails_ends_and_says_so()
    {
        string folder = Directory.CreateTempSubdirectory("klog-halt-").FullName;
        using BrokerProcess broker = new(folder, "log.flush.offset.checkpoint.interval.ms=100", "log.initial.task.delay.ms=0");
        await broker.AwaitReadyAsync();

        // What is as good as a disk that refuses to write: its folder is gone.
        Directory.Delete(folder, recursive: true);
        Assert.True(await broker.HasEndedAsync(), broker.Output);
        Assert.Equal(1, broker.ExitCode);
        string line = Assert.Single(broker.Output.Split('\n'), line => line.StartsWith("klog: halted", StringComparison.Ordinal));
        Assert.Contains($"the last data folder, {folder}, has failed", line, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_broker_starts_without_a_folder_that_cannot_be_used_but_not_without_any()
    {
        string folder = Directory.CreateTempSubdirectory("klog-halt-").FullName;
        string broken = Path.Combine(folder, "broken");
        await File.WriteAllTextAsync(broken, "a file where a folder should be");
        using (BrokerProcess broker = new($"{folder}/good,{broken}"))
        {
            await broker.AwaitReadyAsync();
            Assert.Contains("broken", broker.Output, StringComparison.Ordinal);
        }

        using BrokerProcess refused = new(broken);
        Assert.True(await refused.HasEndedAsync(), refused.Output);
        Assert.NotEqual(0, refused.ExitCode);
        Assert.Contains("No data folder can be used", refused.Output, StringComparison.Ordinal);
        Directory.Delete(folder, recursive: true);
    }
}
