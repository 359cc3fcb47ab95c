using System.CommandLine;
using System.CommandLine.Parsing;
using KLog.Clients.Admin;

namespace KLog.Cli.Groups;

/// <summary>Which groups a command is about: those named, or all.</summary>
internal sealed class GroupArguments
{
    private readonly Option<string[]> _groups = new("--group")
    {
        Description = "A group; may be given several times.",
        HelpName = "group",
        Arity = ArgumentArity.OneOrMore,
    };

    private readonly Option<bool> _all = new("--all-groups") { Description = "All consumer groups of the cluster." };

    public static GroupArguments AddTo(Command command)
    {
        GroupArguments arguments = new();
        command.Options.Add(arguments._groups);
        command.Options.Add(arguments._all);
        command.Validators.Add(arguments.Validate);
        return arguments;
    }

    /// <summary>The names that were given, each once.</summary>
    public IReadOnlyList<string> Named(ParseResult parsed) => [.. (parsed.GetValue(_groups) ?? []).Distinct(StringComparer.Ordinal)];

    public async Task<IReadOnlyList<string>> ChooseAsync(ParseResult parsed, AdminClient admin, CancellationToken cancellation) =>
        parsed.GetValue(_all)
            ? [.. (await ListCommand.ConsumerGroupsAsync(admin, [], [], cancellation)).Select(each => each.GroupId)]
            : Named(parsed);

    private void Validate(CommandResult result)
    {
        bool named = result.GetResult(_groups) is not null;
        bool all = result.GetValue(_all);
        if (named == all)
        {
            result.AddError(all ? "--group and --all-groups exclude each other" : "--group or --all-groups is needed");
        }
    }
}
