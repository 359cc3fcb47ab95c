using System.CommandLine;
using System.Globalization;
using KLog.Broker.Adoption;
using KLog.Broker.Configuration;
using KLog.Coordination.Registries;

namespace KLog.Cli;

/// <summary>Takes partitions over that lie in the data folders and are no topics yet, such as those of a Kafka broker.</summary>
internal static class AdoptCommand
{
    public static Command Make()
    {
        Argument<string?> file = BrokerArguments.File(
            "The broker's properties file: log.dirs and broker.id count. Without one: ./data.");
        Option<string[]> overrides = BrokerArguments.Overrides();
        Option<string[]> configs = new("--config")
        {
            Description = "A config of an adopted topic, such as orders:cleanup.policy=compact; may be given several times.",
            HelpName = "topic:name=value",
            Arity = ArgumentArity.OneOrMore,
        };
        Option<bool> fillGaps = new("--fill-gaps") { Description = "Make partitions that are missing between others, empty." };
        Option<bool> dryRun = new("--dry-run") { Description = "Only tell what would be done." };
        Command command = new("adopt", "Make topics of the partitions in the data folders that are none yet.") { file, overrides, configs, fillGaps, dryRun };
        command.SetAction((parsed, cancellation) => RunAsync(
            parsed.GetValue(file),
            parsed.GetValue(overrides) ?? [],
            new AdoptionOptions(parsed.GetValue(dryRun), parsed.GetValue(fillGaps), Parse(parsed.GetValue(configs) ?? [])),
            cancellation));
        return command;
    }

    private static async Task<int> RunAsync(string? file, string[] overrides, AdoptionOptions options, CancellationToken cancellation)
    {
        BrokerConfig config = BrokerConfigFile.Load(file, overrides).Config;
        if (config.LogDirs.FirstOrDefault(path => !Directory.Exists(path)) is { } missing)
        {
            throw new UserErrorException($"{missing}: there is no such folder");
        }

        IReadOnlyList<AdoptionStep> steps = await FolderAdoption.RunAsync(config, options, TimeProvider.System, cancellation);
        AlignedRows rows = new(Console.Out, ["topic", "partitions", "id", "what"]);
        foreach (AdoptionStep step in steps)
        {
            int partitions = step.Topic?.Assignment.Partitions.Count ?? step.Found.Count;
            string id = step.Topic is { } topic ? UuidText.Format(topic.Assignment.TopicId) : "-";
            string what = step.Refusal is { } refusal ? $"refused: {refusal}"
                : step.IsKnown ? "known already"
                : options.IsDryRun ? "would be adopted" : "adopted";
            rows.Add((step.Name, false), (partitions.ToString(CultureInfo.InvariantCulture), true), (id, false), (what, false));
        }

        rows.Flush();
        int adopted = steps.Count(step => step.Topic is not null);
        int refused = steps.Count(step => step.Refusal is not null);
        Console.Out.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"{adopted} topics {(options.IsDryRun ? "would be adopted" : "adopted")}, {steps.Count - adopted - refused} known already, {refused} refused"));
        return refused == 0 ? 0 : CommandLine.Failed;
    }

    private static Dictionary<string, IReadOnlyDictionary<string, string>> Parse(string[] texts)
    {
        Dictionary<string, IReadOnlyDictionary<string, string>> all = [];
        foreach (string text in texts)
        {
            int colon = text.IndexOf(':', StringComparison.Ordinal);
            int equals = text.IndexOf('=', StringComparison.Ordinal);
            if (colon <= 0 || equals <= colon + 1)
            {
                throw new UserErrorException($"--config {text}: must be topic:name=value");
            }

            Dictionary<string, string> configs = new(all.GetValueOrDefault(text[..colon]) ?? new Dictionary<string, string>())
            {
                [text[(colon + 1)..equals].Trim()] = text[(equals + 1)..].Trim(),
            };
            all[text[..colon]] = configs;
        }

        return all;
    }
}
