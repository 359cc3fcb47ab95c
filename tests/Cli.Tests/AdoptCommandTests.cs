using System.Diagnostics;

namespace KLog.Cli.Tests;

/// <summary>klog adopt, on a folder that a broker has left whose tree is gone.</summary>
public sealed class AdoptCommandTests : IDisposable
{
    private readonly CommandLineRun _klog = new();

    public void Dispose() => _klog.Dispose();

    [Fact]
    public async Task A_folder_is_adopted_once_and_a_broker_names_the_command_before()
    {
        string partition = Directory.CreateDirectory(Path.Combine(_klog.Folder, "data", "orders-0")).FullName;
        File.WriteAllBytes(Path.Combine(partition, "00000000000000000000.log"), []);
        File.WriteAllText(Path.Combine(partition, "partition.metadata"), "version: 0\ntopic_id: MkTRaEKVTL2AuHCcDuwOYw");
        Assert.Contains("klog adopt", await BrokerOutputAsync(), StringComparison.Ordinal);
        string[] lines = await LinesAsync("adopt", "--dry-run");
        Assert.Matches("^orders +1  MkTRaEKVTL2AuHCcDuwOYw  would be adopted$", lines[1]);
        lines = await LinesAsync("adopt", "--config", "orders:retention.ms=-1");
        Assert.Matches("^orders +1  MkTRaEKVTL2AuHCcDuwOYw  adopted$", lines[1]);
        Assert.Equal("1 topics adopted, 0 known already, 0 refused", lines[2]);
        lines = await LinesAsync("adopt");
        Assert.Matches("^orders +1  - +known already$", lines[1]);
        Assert.DoesNotContain("klog adopt", await BrokerOutputAsync(), StringComparison.Ordinal);
    }

    private async Task<string[]> LinesAsync(params string[] arguments)
    {
        (int exitCode, string output, string errors) = await _klog.RunAsync(arguments);
        Assert.Equal((0, ""), (exitCode, errors));
        return CommandLineRun.Lines(output);
    }

    /// <summary>What a broker prints until it is ready; an adoption is refused meanwhile.</summary>
    private async Task<string> BrokerOutputAsync()
    {
        using Process broker = _klog.Start("server", "--override", "listeners=PLAINTEXT://127.0.0.1:0");
        string output = "";
        try
        {
            while (!output.Contains("KLog is ready", StringComparison.Ordinal))
            {
                output += await broker.StandardOutput.ReadLineAsync().WaitAsync(CommandLineRun.Limit) ?? throw new InvalidOperationException(output);
            }

            (int exitCode, _, string errors) = await _klog.RunAsync("adopt");
            Assert.Equal(1, exitCode);
            Assert.Contains("in use by another process", errors, StringComparison.Ordinal);
        }
        finally
        {
            using Process kill = Process.Start("kill", [$"{broker.Id}"]);
            await kill.WaitForExitAsync();
            await broker.WaitForExitAsync().WaitAsync(CommandLineRun.Limit);
        }

        return output;
    }
}
