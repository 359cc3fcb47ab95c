using System.CommandLine;
using System.CommandLine.Help;
using System.CommandLine.Invocation;
using System.CommandLine.Parsing;
using KLog.Broker;
using KLog.Broker.Configuration;
using KLog.Clients.Errors;

namespace KLog.Cli;

/// <summary>Runs a command line: a user's mistake is one readable line (or one each) and an exit code, never a stack trace.</summary>
public static class CommandLine
{
    /// <summary>Kafka's tools use 1 for what failed; 2 is the shells' own for a command line that is not understood.</summary>
    public const int Failed = 1;
    public const int NotUnderstood = 2;

    public static async Task<int> RunAsync(RootCommand root, IReadOnlyList<string> arguments)
    {
        VersionOption version = root.Options.OfType<VersionOption>().Single();
        version.Action = new PrintVersion();
        ParseResult parsed = root.Parse(arguments);
        if (parsed.Errors.Count > 0 && parsed.Action is not (HelpAction or PrintVersion))
        {
            ErrorLines(parsed.Errors.Select(error => error.Message));
            Console.Error.WriteLine($"klog --help, or {Path(parsed.CommandResult)} --help, tells what there is");
            return NotUnderstood;
        }

        try
        {
            return await parsed.InvokeAsync(new InvocationConfiguration { EnableDefaultExceptionHandler = false, ProcessTerminationTimeout = null });
        }
        catch (ConfigurationException mistake)
        {
            ErrorLines(mistake.Lines);
            return Failed;
        }
        catch (Exception mistake) when (mistake is StartupException or UserErrorException or KafkaException)
        {
            ErrorLines([mistake.Message]);
            return Failed;
        }
    }

    /// <summary>The command with those that it belongs to: <c>klog groups list</c>.</summary>
    private static string Path(CommandResult command) =>
        command.Parent is CommandResult parent ? $"{Path(parent)} {command.Command.Name}" : "klog";

    private static void ErrorLines(IEnumerable<string> lines)
    {
        foreach (string line in lines)
        {
            Console.Error.WriteLine($"klog: {line}");
        }
    }

    private sealed class PrintVersion : SynchronousCommandLineAction
    {
        public override int Invoke(ParseResult parseResult)
        {
            Console.Out.WriteLine($"klog {typeof(CommandLine).Assembly.GetName().Version?.ToString(3)}");
            return 0;
        }
    }
}
