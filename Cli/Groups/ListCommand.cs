using System.CommandLine;
using KLog.Clients.Admin;

namespace KLog.Cli.Groups;

/// <summary>Names of groups; with their types and states where these are asked for.</summary>
internal static class ListCommand
{
    private const int GroupWidthMin = 15;
    private const int GapBehindGroup = 10;
    private const int ColumnWidth = 20;

    private static readonly GroupState[] States =
    [
        GroupState.PreparingRebalance, GroupState.CompletingRebalance, GroupState.Stable, GroupState.Dead, GroupState.Empty,
        GroupState.Assigning, GroupState.Reconciling,
    ];

    public static Command Make()
    {
        Option<string?> state = Filter("--state", "Show states; with a list such as stable,empty only groups in these.", States);
        Option<string?> type = Filter("--type", "Show types; with a list such as classic,consumer only groups of these.", Types);
        Command command = new("list", "List consumer groups.") { state, type };
        ClusterArguments cluster = ClusterArguments.AddTo(command);
        command.SetAction((parsed, cancellation) => cluster.RunAsync(parsed, async admin =>
        {
            IReadOnlyList<GroupListing> groups = await ConsumerGroupsAsync(
                admin, Parse(parsed.GetValue(state), States), Parse(parsed.GetValue(type), Types), cancellation);
            Write(groups, parsed.GetResult(type) is not null, parsed.GetResult(state) is not null, Console.Out);
            return 0;
        }, cancellation));
        return command;
    }

    /// <summary>Groups of consumers, and those that only commit offsets; not those of Connect, and not share groups.</summary>
    public static async Task<IReadOnlyList<GroupListing>> ConsumerGroupsAsync(
        AdminClient admin, IReadOnlyCollection<GroupState> states, IReadOnlyCollection<GroupType> types, CancellationToken cancellation) =>
        [.. (await admin.ListGroupsAsync(states, types, cancellation)).Where(each => each.IsConsumerGroup)];

    internal static void Write(IReadOnlyList<GroupListing> groups, bool showsType, bool showsState, TextWriter output)
    {
        if (!showsType && !showsState)
        {
            foreach (GroupListing group in groups)
            {
                output.WriteLine(group.GroupId);
            }

            return;
        }

        int width = groups.Select(each => each.GroupId.Length).Append(GroupWidthMin).Max() + GapBehindGroup;
        List<(string, int)> columns = [("GROUP", width)];
        columns.AddRange(showsType ? [("TYPE", ColumnWidth)] : []);
        columns.AddRange(showsState ? [("STATE", ColumnWidth)] : []);
        KafkaTable table = new([.. columns]);
        foreach (GroupListing group in groups)
        {
            table.Add([group.GroupId, .. showsType ? [group.Type] : Array.Empty<object>(), .. showsState ? [group.State] : Array.Empty<object>()]);
        }

        table.WriteTo(output);
    }

    private static GroupType[] Types => [GroupType.Classic, GroupType.Consumer];

    private static Option<string?> Filter<T>(string name, string description, T[] known)
        where T : struct, Enum
    {
        Option<string?> option = new(name) { Description = description, HelpName = "list", Arity = ArgumentArity.ZeroOrOne };
        option.Validators.Add(result =>
        {
            string text = result.Tokens.Count > 0 ? result.Tokens[0].Value : "";
            foreach (string part in Parts(text).Where(part => !known.Any(each => Matches(each, part))))
            {
                result.AddError($"{name} {part}: must be one of {string.Join(", ", known)}");
            }
        });
        return option;
    }

    private static T[] Parse<T>(string? text, T[] known)
        where T : struct, Enum =>
        [.. Parts(text ?? "").Select(part => known.First(each => Matches(each, part)))];

    private static string[] Parts(string text) => text.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);

    private static bool Matches<T>(T known, string part)
        where T : struct, Enum =>
        $"{known}".Equals(part, StringComparison.OrdinalIgnoreCase);
}
