using System.Diagnostics;

namespace KLog.Cli.Tests;

/// <summary>The program as a user runs it: what it prints, and its exit codes.</summary>
public sealed class CommandLineTests : IDisposable
{
    private static readonly TimeSpan Limit = CommandLineRun.Limit;

    private readonly CommandLineRun _klog = new();

    private string Folder => _klog.Folder;

    public void Dispose() => _klog.Dispose();

    private Process Start(params string[] arguments) => _klog.Start(arguments);

    private Task<(int ExitCode, string Output, string Errors)> RunAsync(params string[] arguments) => _klog.RunAsync(arguments);

    [Fact]
    public async Task The_version_is_one_line() => Assert.Equal((0, "klog 0.1.0\n", ""), await RunAsync("--version"));

    [Theory]
    [InlineData("--help")]
    [InlineData("server", "--help")]
    public async Task Help_is_no_error(params string[] arguments)
    {
        (int exitCode, string output, string errors) = await RunAsync(arguments);
        Assert.Equal((0, ""), (exitCode, errors));
        Assert.Contains("server", output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("serve")]
    [InlineData("server", "a.properties", "b.properties")]
    [InlineData("server", "--overrides", "a=b")]
    [InlineData("server", "--override")]
    public async Task A_command_line_that_is_not_understood_is_refused(params string[] arguments)
    {
        (int exitCode, string output, string errors) = await RunAsync(arguments);
        Assert.Equal((2, ""), (exitCode, output));
        Assert.All(Lines(errors), line => Assert.StartsWith("klog", line, StringComparison.Ordinal));
    }

    [Fact]
    public async Task Every_mistake_in_the_file_is_one_line()
    {
        File.WriteAllText(Path.Combine(Folder, "server.properties"), "num.partitions=0\nbroker.id=x\n");
        (int exitCode, string output, string errors) = await RunAsync("server", "server.properties");
        Assert.Equal((1, ""), (exitCode, output));
        Assert.Equal(
            [
                "klog: broker.id=x: must be a whole number between -2147483648 and 2147483647 (default: -1)",
                "klog: num.partitions=0: must be at least 1 (default: 1)",
            ],
            Lines(errors).Order(StringComparer.Ordinal));
    }

    [Theory]
    [InlineData("klog: nosuch.properties: there is no such file", "server", "nosuch.properties")]
    [InlineData("klog: --override a: must be name=value", "server", "--override", "a")]
    [InlineData("klog: zookeeper.connect=localhost:2181: ", "server", "--override", "zookeeper.connect=localhost:2181")]
    public async Task What_stops_the_start_is_one_line(string expected, params string[] arguments)
    {
        (int exitCode, _, string errors) = await RunAsync(arguments);
        Assert.Equal(1, exitCode);
        Assert.StartsWith(expected, Assert.Single(Lines(errors)), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_broker_says_when_it_is_ready_refuses_a_second_one_on_itsFolder_and_stops_on_a_signal()
    {
        string[] arguments = ["server", "--override", "listeners=PLAINTEXT://127.0.0.1:0", "--override", "no.such=1"];
        using Process broker = Start(arguments);
        Task<string> errors = broker.StandardError.ReadToEndAsync();
        try
        {
            string ready = "";
            while (!ready.StartsWith("KLog is ready", StringComparison.Ordinal))
            {
                ready = await broker.StandardOutput.ReadLineAsync().WaitAsync(Limit) ?? throw new InvalidOperationException(await errors);
            }

            Assert.Matches($@"^KLog is ready at PLAINTEXT://127\.0\.0\.1:[1-9]\d*: broker 0, cluster [\w-]{{22}}, data in {Folder}/data, started in \d+ ms$", ready);
            (int exitCode, _, string refusal) = await RunAsync(arguments);
            Assert.Equal(1, exitCode);
            Assert.Contains("data", Assert.Single(Lines(refusal)), StringComparison.Ordinal);
        }
        finally
        {
            using Process kill = Process.Start("kill", [$"{broker.Id}"]);
            await kill.WaitForExitAsync();
            await broker.WaitForExitAsync().WaitAsync(Limit);
        }

        Assert.Equal(0, broker.ExitCode);
    }

    private static string[] Lines(string text) => CommandLineRun.Lines(text);
}
