using System.CommandLine;
using KLog.Broker.Configuration;
using KLog.Clients;
using KLog.Clients.Admin;

namespace KLog.Cli.Groups;

/// <summary>What names a cluster on a command line, and how patient to be with it.</summary>
internal sealed class ClusterArguments
{
    private const int TimeoutMsDefault = 30_000;

    private readonly Option<string> _servers = new("--bootstrap-server")
    {
        Description = "Brokers to ask first, as host:port,host:port.",
        HelpName = "host:port",
        Required = true,
    };

    private readonly Option<int> _timeout = new("--timeout")
    {
        Description = "How long each step may take with all its attempts, in ms.",
        HelpName = "ms",
        DefaultValueFactory = _ => TimeoutMsDefault,
    };

    private readonly Option<string?> _config = new("--command-config")
    {
        Description = "A properties file for the client: client.id, request.timeout.ms, retry.backoff.ms, …",
        HelpName = "file",
    };

    private ClusterArguments()
    {
        _timeout.Validators.Add(result =>
        {
            if (result.Tokens.Count == 1 && result.GetValueOrDefault<int>() <= 0)
            {
                result.AddError($"--timeout {result.Tokens[0].Value}: must be above 0");
            }
        });
    }

    public static ClusterArguments AddTo(Command command)
    {
        ClusterArguments arguments = new();
        command.Options.Add(arguments._servers);
        command.Options.Add(arguments._timeout);
        command.Options.Add(arguments._config);
        return arguments;
    }

    /// <summary>Connects, works and disconnects. A cluster that is not there is told at once.</summary>
    public async Task<int> RunAsync(ParseResult parsed, Func<AdminClient, Task<int>> work, CancellationToken cancellation)
    {
        ClientOptions options = new ClientOptions
        {
            BootstrapServers = BrokerAddress.ParseList(parsed.GetValue(_servers)!, "--bootstrap-server"),
        }.With(Properties(parsed.GetValue(_config)));
        TimeSpan timeout = TimeSpan.FromMilliseconds(parsed.GetValue(_timeout));
        await using AdminClient admin = new(options with
        {
            ApiTimeout = timeout,
            RequestTimeout = timeout < options.RequestTimeout ? timeout : options.RequestTimeout,
            ConnectTimeout = timeout < options.ConnectTimeout ? timeout : options.ConnectTimeout,
        }, TimeProvider.System);
        await admin.ConnectAsync(cancellation);
        return await work(admin);
    }

    private static Dictionary<string, string> Properties(string? path)
    {
        try
        {
            return path is null ? [] : PropertiesText.Parse(File.ReadAllText(path));
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException or FormatException)
        {
            throw new UserErrorException($"--command-config {path}: {error.Message}");
        }
    }
}
