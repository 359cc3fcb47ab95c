using System.CommandLine;
using System.CommandLine.Parsing;
using System.Text.RegularExpressions;

namespace KLog.Cli.Groups;

/// <summary>Consumer groups of any Kafka cluster: the options and the tables of kafka-consumer-groups.</summary>
internal static class GroupsCommand
{
    public static Command Make()
    {
        Option<string?> regex = new("--validate-regex")
        {
            Description = "Tell whether a regular expression can be subscribed to (RE2's syntax), and do nothing else.",
            HelpName = "regex",
        };
        Command command = new("groups", "List, describe and delete consumer groups of a cluster; reset and delete their offsets.")
        {
            ListCommand.Make(),
            DescribeCommand.Make(),
            Reset.ResetOffsetsCommand.Make(),
            DeleteCommand.Make(),
            DeleteOffsetsCommand.Make(),
            regex,
        };
        command.Validators.Add(result =>
        {
            if (!result.Children.OfType<CommandResult>().Any() && result.GetResult(regex) is null)
            {
                result.AddError("groups: say what to do: list, describe, reset-offsets, delete or delete-offsets");
            }
        });
        command.SetAction(parsed => Validate(parsed.GetValue(regex) ?? ""));
        return command;
    }

    private static int Validate(string pattern)
    {
        try
        {
            _ = new Regex(pattern, RegexOptions.NonBacktracking | RegexOptions.CultureInvariant);
            Console.Out.WriteLine($"The regular expression `{pattern}` is valid.");
            return 0;
        }
        catch (Exception error) when (error is ArgumentException or NotSupportedException)
        {
            Console.Out.WriteLine($"The regular expression `{pattern}` is invalid: {error.Message}");
            return CommandLine.Failed;
        }
    }
}
