using System.CommandLine;
using KLog.Clients.Admin;
using KLog.Clients.Errors;
using KLog.Clients.Metadata;
using KLog.Protocol;

namespace KLog.Cli.Groups;

/// <summary>Deletes a group's offsets of topics that it no longer reads.</summary>
internal static class DeleteOffsetsCommand
{
    public static Command Make()
    {
        Option<string> group = new("--group") { Description = "The group.", HelpName = "group", Required = true };
        Option<string[]> topics = new("--topic")
        {
            Description = "A topic, or some partitions of it as in orders:0,1; may be given several times.",
            HelpName = "topic",
            Arity = ArgumentArity.OneOrMore,
            Required = true,
        };
        Command command = new("delete-offsets", "Delete committed offsets of a consumer group.") { group, topics };
        ClusterArguments cluster = ClusterArguments.AddTo(command);
        command.SetAction((parsed, cancellation) =>
        {
            TopicSelection[] selections = [.. parsed.GetValue(topics)!.Select(TopicSelection.Parse)];
            return cluster.RunAsync(parsed, admin => RunAsync(admin, parsed.GetValue(group)!, selections, cancellation), cancellation);
        });
        return command;
    }

    private static async Task<int> RunAsync(AdminClient admin, string group, TopicSelection[] selections, CancellationToken cancellation)
    {
        string[] whole = [.. selections.Where(each => each.Partitions is null).Select(each => each.Topic)];
        IReadOnlyDictionary<string, AdminResult<TopicView>> known = await admin.DescribeTopicsAsync(whole, cancellation);
        List<(string Topic, int? Partition, KafkaException? Error)> rows =
            [.. known.Where(each => each.Value.Error is not null).Select(each => (each.Key, (int?)null, each.Value.Error))];
        TopicPartition[] partitions =
        [
            .. selections
                .Where(each => each.Partitions is not null || known[each.Topic].Error is null)
                .SelectMany(each => each.With(each.Partitions is null ? known[each.Topic].Value.Partitions.Select(some => some.Index) : []))
                .Distinct(),
        ];
        if (partitions.Length > 0)
        {
            IReadOnlyDictionary<TopicPartition, AdminResult<Done>> results = await admin.DeleteGroupOffsetsAsync(group, partitions, cancellation);
            rows.AddRange(results.Select(each => (each.Key.Topic, (int?)each.Key.Partition, each.Value.Error)));
        }

        KafkaTable table = new(("TOPIC", 15), ("PARTITION", 10), ("STATUS", 0));
        foreach ((string topic, int? partition, KafkaException? error) in rows.OrderBy(row => row.Topic, StringComparer.Ordinal).ThenBy(row => row.Partition))
        {
            table.Add(topic, partition, error is null ? "Successful" : $"Error: {ErrorTexts.Describe(error.ErrorCode)}");
        }

        bool isDone = rows.All(row => row.Error is null);
        if (isDone)
        {
            Console.Out.WriteLine($"Request succeeded for deleting offsets from group {group}.");
        }

        Console.Out.WriteLine();
        table.WriteTo(Console.Out);
        return isDone ? 0 : CommandLine.Failed;
    }
}
