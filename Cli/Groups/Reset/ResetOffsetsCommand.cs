using System.CommandLine;
using KLog.Clients.Admin;
using KLog.Clients.Errors;
using KLog.Clients.Metadata;
using KLog.Protocol;

namespace KLog.Cli.Groups.Reset;

/// <summary>Puts offsets of groups without members elsewhere, or shows where they would be put.</summary>
internal static class ResetOffsetsCommand
{
    public static Command Make()
    {
        Command command = new("reset-offsets", "Put the offsets of inactive consumer groups elsewhere; only shown without --execute.");
        GroupArguments groups = GroupArguments.AddTo(command);
        Option<string[]> topics = new("--topic")
        {
            Description = "A topic, or some partitions of it as in orders:0,1; may be given several times.",
            HelpName = "topic",
            Arity = ArgumentArity.OneOrMore,
        };
        Option<bool> allTopics = new("--all-topics") { Description = "All topics that the group has offsets of." };
        command.Add(topics);
        command.Add(allTopics);
        ResetArguments reset = ResetArguments.AddTo(command);
        Option<bool> execute = new("--execute") { Description = "Commit the new offsets." };
        Option<bool> dryRun = new("--dry-run") { Description = "Only show the new offsets; this is the default." };
        Option<bool> export = new("--export") { Description = "Show them as lines for --from-file: topic,partition,offset." };
        command.Add(execute);
        command.Add(dryRun);
        command.Add(export);
        command.Validators.Add(result =>
        {
            bool some = result.GetResult(topics) is not null;
            bool all = result.GetValue(allTopics);
            if (some && all)
            {
                result.AddError("--topic and --all-topics exclude each other");
            }
            else if (!some && !all && !reset.IsFromFile(result))
            {
                result.AddError("--topic or --all-topics is needed, unless --from-file names the partitions");
            }

            if (result.GetValue(execute) && result.GetValue(dryRun))
            {
                result.AddError("--execute and --dry-run exclude each other");
            }
        });
        ClusterArguments cluster = ClusterArguments.AddTo(command);
        command.SetAction((parsed, cancellation) =>
        {
            IReadOnlyList<string> named = groups.Named(parsed);
            ResetSpec spec = reset.Parse(parsed, named.Count == 1 ? named[0] : null, TimeProvider.System.GetUtcNow());
            TopicSelection[]? selections = parsed.GetValue(allTopics) ? null : [.. (parsed.GetValue(topics) ?? []).Select(TopicSelection.Parse)];
            return cluster.RunAsync(parsed, async admin =>
            {
                ResetPlanning planning = new(admin, spec, selections, line => Console.Error.WriteLine($"klog: warning: {line}"));
                OffsetReset run = new(admin, planning, parsed.GetValue(execute));
                int exitCode = await run.RunAsync(await groups.ChooseAsync(parsed, admin, cancellation), cancellation);
                Show(run.Offsets, parsed.GetValue(export), named.Count != 1);
                if (!parsed.GetValue(execute) && !parsed.GetValue(dryRun))
                {
                    Console.Error.WriteLine("klog: nothing was changed; --execute commits these offsets, --dry-run leaves out this line");
                }

                return exitCode;
            }, cancellation);
        });
        return command;
    }

    private static void Show(IReadOnlyDictionary<string, IReadOnlyDictionary<TopicPartition, long>> groups, bool asPlan, bool namesGroups)
    {
        if (asPlan)
        {
            ResetPlan.Write(groups, namesGroups, Console.Out);
            return;
        }

        if (groups.Count == 0)
        {
            return;
        }

        KafkaTable table = new(("GROUP", 15), ("TOPIC", 15), ("PARTITION", 10), ("NEW-OFFSET", 0));
        foreach ((string group, IReadOnlyDictionary<TopicPartition, long> offsets) in groups.OrderBy(each => each.Key, StringComparer.Ordinal))
        {
            foreach ((TopicPartition partition, long offset) in offsets.OrderBy(each => each.Key, PartitionOrder.Instance))
            {
                table.Add(group, partition.Topic, partition.Partition, offset);
            }
        }

        Console.Out.WriteLine();
        table.WriteTo(Console.Out);
    }
}
