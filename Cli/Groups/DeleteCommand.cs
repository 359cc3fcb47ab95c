using System.CommandLine;
using KLog.Clients.Admin;

namespace KLog.Cli.Groups;

/// <summary>Deletes groups with all their offsets.</summary>
internal static class DeleteCommand
{
    public static Command Make()
    {
        Command command = new("delete", "Delete consumer groups that have no members, with their offsets.");
        GroupArguments groups = GroupArguments.AddTo(command);
        ClusterArguments cluster = ClusterArguments.AddTo(command);
        command.SetAction((parsed, cancellation) => cluster.RunAsync(parsed, async admin =>
        {
            IReadOnlyList<string> names = await groups.ChooseAsync(parsed, admin, cancellation);
            return Report(names, await admin.DeleteGroupsAsync(names, cancellation));
        }, cancellation));
        return command;
    }

    private static int Report(IReadOnlyList<string> names, IReadOnlyDictionary<string, AdminResult<Done>> results)
    {
        string[] deleted = [.. names.Where(each => results[each].Error is null).Select(each => $"'{each}'")];
        if (deleted.Length == names.Count)
        {
            Console.Out.WriteLine($"Deletion of requested consumer groups ({string.Join(", ", deleted)}) was successful.");
            return 0;
        }

        foreach (string name in names.Where(each => results[each].Error is not null))
        {
            Console.Error.WriteLine($"klog: {results[name].Error!.Message}: not deleted");
        }

        if (deleted.Length > 0)
        {
            Console.Out.WriteLine($"These consumer groups were deleted successfully: {string.Join(", ", deleted)}");
        }

        return CommandLine.Failed;
    }
}
