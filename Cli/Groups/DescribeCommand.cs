using System.CommandLine;
using KLog.Clients.Admin;
using KLog.Clients.Errors;
using KLog.Protocol;

namespace KLog.Cli.Groups;

/// <summary>Groups with their offsets and lag, or their members, or their state.</summary>
internal static class DescribeCommand
{
    public static Command Make()
    {
        Option<bool> offsets = new("--offsets") { Description = "Show each partition with its offset and lag; this is the default." };
        Option<bool> members = new("--members") { Description = "Show the members." };
        Option<bool> state = new("--state") { Description = "Show coordinator, strategy and state." };
        Option<bool> verbose = new("--verbose") { Description = "Show epochs, too, and the assignment of each member." };
        Command command = new("describe", "Describe consumer groups: offsets and lag, members, or state.");
        GroupArguments groups = GroupArguments.AddTo(command);
        command.Add(offsets);
        command.Add(members);
        command.Add(state);
        command.Add(verbose);
        command.Validators.Add(result =>
        {
            if (new[] { offsets, members, state }.Count(each => result.GetValue(each)) > 1)
            {
                result.AddError("--offsets, --members and --state exclude each other: give one");
            }
        });
        ClusterArguments cluster = ClusterArguments.AddTo(command);
        command.SetAction((parsed, cancellation) => cluster.RunAsync(parsed, async admin =>
        {
            IReadOnlyList<string> names = await groups.ChooseAsync(parsed, admin, cancellation);
            return parsed.GetValue(members) ? await ShowAsync(admin, names, group => GroupTables.Members(group, parsed.GetValue(verbose)), cancellation)
                : parsed.GetValue(state) ? await ShowAsync(admin, names, group => GroupTables.State(group, parsed.GetValue(verbose)), cancellation)
                : await ShowOffsetsAsync(admin, names, parsed.GetValue(verbose), cancellation);
        }, cancellation));
        return command;
    }

    private static async Task<int> ShowAsync(
        AdminClient admin, IReadOnlyList<string> names, Func<GroupDescription, KafkaTable?> table, CancellationToken cancellation)
    {
        IReadOnlyDictionary<string, AdminResult<GroupDescription>> groups = await admin.DescribeGroupsAsync(names, cancellation);
        return Show(names, group => groups[group], (group, _) => table(group));
    }

    private static async Task<int> ShowOffsetsAsync(AdminClient admin, IReadOnlyList<string> names, bool verbose, CancellationToken cancellation)
    {
        IReadOnlyDictionary<string, AdminResult<GroupDescription>> groups = await admin.DescribeGroupsAsync(names, cancellation);
        var committed = await admin.ListGroupOffsetsAsync([.. groups.Where(each => each.Value.Error is null).Select(each => each.Key)], cancellation);
        IEnumerable<TopicPartition> partitions =
            from each in committed
            where each.Value.Error is null
            from partition in each.Value.Value.Keys.Concat(groups[each.Key].Value.Members.SelectMany(member => member.Assignment))
            select partition;
        IReadOnlyDictionary<TopicPartition, AdminResult<ListedOffset>> ends = await admin.ListOffsetsAsync(
            partitions.Distinct().ToDictionary(each => each, _ => OffsetSpec.Latest), cancellation);
        return Show(
            names,
            name => groups[name].Error is null && committed[name].Error is { } error ? new AdminResult<GroupDescription>(error) : groups[name],
            (group, name) => GroupTables.Offsets(
                group, committed[name].Value, partition => ends[partition].TryGet(out ListedOffset? end) ? end.Offset : null, verbose));
    }

    /// <summary>Prints each group's table behind an empty line, by name; what is to be said besides goes to standard error.</summary>
    private static int Show(
        IReadOnlyList<string> names, Func<string, AdminResult<GroupDescription>> describe, Func<GroupDescription, string, KafkaTable?> table)
    {
        int exitCode = 0;
        using StringWriter output = new();
        foreach (string name in names.Order(StringComparer.Ordinal))
        {
            if (!describe(name).TryGet(out GroupDescription? group))
            {
                exitCode = CommandLine.Failed;
                Console.Error.WriteLine($"klog: {describe(name).Error!.Message}");
                continue;
            }

            if (GroupTables.Remark(group) is { } remark)
            {
                Console.Error.WriteLine($"klog: {remark}");
            }

            if (table(group, name) is { } shown)
            {
                output.WriteLine();
                shown.WriteTo(output);
            }
        }

        Console.Out.Write(output);
        return exitCode;
    }
}
