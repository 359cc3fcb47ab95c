using KLog.Broker.Configuration;
using KLog.Broker.Controller;
using KLog.Broker.Storage;
using KLog.Broker.Storage.Files;
using KLog.Coordination;
using KLog.Coordination.Embedded;
using KLog.Coordination.Registries;

namespace KLog.Broker.Adoption;

/// <summary>How an adoption is done.</summary>
/// <param name="TopicConfigs">Of topics, by name; they win over what an internal topic gets.</param>
public sealed record AdoptionOptions(
    bool IsDryRun, bool FillGaps, IReadOnlyDictionary<string, IReadOnlyDictionary<string, string>> TopicConfigs);

/// <summary>
/// Makes topics of the partitions in a broker's folders that its coordination tree does not know: to take over a folder that
/// Kafka wrote. No broker may run on the folders meanwhile; their locks see to it.
/// </summary>
public static class FolderAdoption
{
    /// <summary>Answers with what was done, or would be, topic by topic.</summary>
    /// <exception cref="StartupException">Something stands in the way that its message names.</exception>
    public static async Task<IReadOnlyList<AdoptionStep>> RunAsync(
        BrokerConfig config, AdoptionOptions options, TimeProvider time, CancellationToken cancellation)
    {
        foreach ((string topic, IReadOnlyDictionary<string, string> configs) in options.TopicConfigs)
        {
            Check(config, topic, configs);
        }

        try
        {
            using FoundLogs found = FoundLogs.Lock(DiskFileSystem.Instance, config.LogDirs);
            int brokerId = BrokerIdOf(config, found);
            bool hasTree = Directory.EnumerateFiles(config.LogDirs[0], EmbeddedTree.FilePattern).Any();
            await using EmbeddedTree tree = options.IsDryRun && !hasTree
                ? EmbeddedTree.InMemory(time)
                : EmbeddedTree.Open(config.LogDirs[0], time);
            EmbeddedSession session = tree.Connect();
            Dictionary<string, TopicAssignment> known = await KnownAsync(session, cancellation);
            IReadOnlyList<AdoptionStep> steps = AdoptionPlan.Make(found.Logs, known, brokerId, options.FillGaps);
            if (!options.IsDryRun && steps.Any(step => step.Topic is not null))
            {
                await BrokerMembership.PrepareAsync(session, found.Metas.Select(meta => meta.ClusterId).FirstOrDefault(id => id is not null), cancellation);
                foreach (AdoptedTopic topic in steps.Select(step => step.Topic).OfType<AdoptedTopic>())
                {
                    await WriteAsync(session, topic, ConfigsOf(config, options, topic.Assignment.Topic), cancellation);
                }
            }

            return steps;
        }
        catch (Exception error) when (error is LogDirectoryLockedException or InvalidDataException or IOException
            or UnauthorizedAccessException or TreeDamageException or TreeException)
        {
            throw new StartupException(error.Message, error);
        }
    }

    private static async Task<Dictionary<string, TopicAssignment>> KnownAsync(EmbeddedSession tree, CancellationToken cancellation)
    {
        TopicRegistry topics = new(tree);
        Dictionary<string, TopicAssignment> known = [];
        if (await tree.ExistsAsync(Paths.Topics, cancellation: cancellation) is null)
        {
            return known;
        }

        foreach (string name in await topics.ListNamesAsync(cancellation: cancellation))
        {
            if (await topics.FindAsync(name, cancellation: cancellation) is { } topic)
            {
                known.Add(name, topic);
            }
        }

        return known;
    }

    private static Task WriteAsync(
        EmbeddedSession tree, AdoptedTopic topic, IReadOnlyDictionary<string, string> configs, CancellationToken cancellation) =>
        new TopicRegistry(tree).CreateAsync(
            topic.Assignment,
            configs,
            PartitionStateRegistry.CreateOperations(topic.Assignment.Topic, topic.States, areFirst: true),
            cancellation);

    private static Dictionary<string, string> ConfigsOf(BrokerConfig config, AdoptionOptions options, string topic)
    {
        Dictionary<string, string> configs = new(InternalTopics.ConfigsOf(topic, config));
        foreach ((string name, string value) in options.TopicConfigs.GetValueOrDefault(topic) ?? ConfigLayers.None)
        {
            configs[name] = value;
        }

        return configs;
    }

    private static void Check(BrokerConfig config, string topic, IReadOnlyDictionary<string, string> configs)
    {
        try
        {
            TopicConfigs.Validate(config, configs);
        }
        catch (InvalidConfigException error)
        {
            throw new StartupException($"topic {topic}: {error.Message}", error);
        }
    }

    private static int BrokerIdOf(BrokerConfig config, FoundLogs found)
    {
        int[] ids = [.. found.Metas.Select(meta => meta.BrokerId).Where(id => id >= 0).Distinct()];
        int brokerId = config.BrokerId >= 0 ? config.BrokerId : ids.FirstOrDefault(0);
        return ids.All(id => id == brokerId)
            ? brokerId
            : throw new StartupException(
                $"The folders belong to broker {string.Join(" and ", ids)}, and not to broker {brokerId}: set broker.id to the folders' own.");
    }
}
