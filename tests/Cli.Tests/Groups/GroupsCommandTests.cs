using System.Net;
using System.Net.Sockets;

namespace KLog.Cli.Tests.Groups;

/// <summary>klog groups as a user runs it, where no cluster is needed.</summary>
public sealed class GroupsCommandTests : IDisposable
{
    private const string Server = "--bootstrap-server=127.0.0.1:1";

    private readonly CommandLineRun _klog = new();

    public void Dispose() => _klog.Dispose();

    [Theory]
    [InlineData("say what to do")]
    [InlineData("'--bootstrap-server' is required", "list")]
    [InlineData("--state fine: must be one of PreparingRebalance, ", "list", Server, "--state", "fine")]
    [InlineData("--timeout 0: must be above 0", "list", Server, "--timeout", "0")]
    [InlineData("--group or --all-groups is needed", "describe", Server)]
    [InlineData("--group and --all-groups exclude each other", "describe", Server, "--group", "g", "--all-groups")]
    [InlineData("--offsets, --members and --state exclude each other", "describe", Server, "--group", "g", "--members", "--state")]
    [InlineData("one of --to-earliest, --to-latest, ", "reset-offsets", Server, "--group", "g", "--topic", "t")]
    [InlineData("--to-earliest and --shift-by exclude each other", "reset-offsets", Server, "--group", "g", "--topic", "t", "--to-earliest", "--shift-by", "-5")]
    [InlineData("--topic or --all-topics is needed", "reset-offsets", Server, "--group", "g", "--to-latest")]
    [InlineData("--topic and --all-topics exclude", "reset-offsets", Server, "--group", "g", "--to-latest", "--topic", "t", "--all-topics")]
    [InlineData("--execute and --dry-run exclude", "reset-offsets", Server, "--group", "g", "--to-latest", "--all-topics", "--execute", "--dry-run")]
    [InlineData("'--topic' is required", "delete-offsets", Server, "--group", "g")]
    public async Task A_command_line_that_makes_no_sense_names_the_option(string expected, params string[] arguments)
    {
        (int exitCode, string output, string errors) = await _klog.RunAsync(["groups", .. arguments]);
        Assert.Equal((2, ""), (exitCode, output));
        string[] lines = CommandLineRun.Lines(errors);
        Assert.Contains(expected, lines[0], StringComparison.Ordinal);
        Assert.Equal($"klog --help, or klog groups{(arguments.Length > 0 ? $" {arguments[0]}" : "")} --help, tells what there is", lines[^1]);
    }

    [Theory]
    [InlineData("--bootstrap-server=b: must be host:port", "list", "--bootstrap-server", "b")]
    [InlineData("--topic t:x: 'x' is no partition's number", "reset-offsets", Server, "--group", "g", "--to-latest", "--topic", "t:x")]
    [InlineData("--to-datetime noon: must be a time such as ", "reset-offsets", Server, "--group", "g", "--topic", "t", "--to-datetime", "noon")]
    [InlineData("--by-duration 1h: must be a duration such as ", "reset-offsets", Server, "--group", "g", "--topic", "t", "--by-duration", "1h")]
    [InlineData("--from-file none.csv: ", "reset-offsets", Server, "--group", "g", "--from-file", "none.csv")]
    [InlineData("--command-config none.properties: ", "list", Server, "--command-config", "none.properties")]
    public async Task A_value_that_makes_no_sense_is_one_line(string expected, params string[] arguments) =>
        Assert.StartsWith($"klog: {expected}", await FailAsync(["groups", .. arguments]), StringComparison.Ordinal);

    [Fact]
    public async Task A_cluster_that_is_not_there_is_told_at_once()
    {
        using TcpListener closed = new(IPAddress.Loopback, 0);
        closed.Start();
        string address = $"{closed.LocalEndpoint}";
        closed.Stop();
        Assert.Equal($"klog: {address}: connection refused", await FailAsync("groups", "list", "--bootstrap-server", address));
    }

    [Fact]
    public async Task A_cluster_that_does_not_answer_is_given_up_after_the_timeout()
    {
        using TcpListener silent = new(IPAddress.Loopback, 0);
        silent.Start();
        string address = $"{silent.LocalEndpoint}";
        Assert.Equal(
            $"klog: {address}: no connection within 50 ms",
            await FailAsync("groups", "list", "--bootstrap-server", address, "--timeout", "50"));
    }

    [Fact]
    public async Task A_security_protocol_that_is_not_spoken_is_refused()
    {
        File.WriteAllText(Path.Combine(_klog.Folder, "client.properties"), "security.protocol=SSL\n");
        Assert.Equal(
            "klog: security.protocol=SSL: only PLAINTEXT is spoken so far",
            await FailAsync("groups", "list", Server, "--command-config", "client.properties"));
    }

    [Theory]
    [InlineData("orders-.*", 0, "is valid.")]
    [InlineData("(", 1, "is invalid: ")]
    [InlineData("(a)\\1", 1, "is invalid: ")]
    public async Task A_regular_expression_is_judged(string pattern, int expected, string verdict)
    {
        (int exitCode, string output, _) = await _klog.RunAsync("groups", "--validate-regex", pattern);
        Assert.Equal(expected, exitCode);
        Assert.StartsWith($"The regular expression `{pattern}` {verdict}", output, StringComparison.Ordinal);
    }

    private async Task<string> FailAsync(params string[] arguments)
    {
        (int exitCode, string output, string errors) = await _klog.RunAsync(arguments);
        Assert.Equal((1, ""), (exitCode, output));
        return Assert.Single(CommandLineRun.Lines(errors));
    }
}
