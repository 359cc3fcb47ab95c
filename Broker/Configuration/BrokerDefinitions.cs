namespace KLog.Broker.Configuration;

/// <summary>Every broker property that KLog uses or shows, by name, and the groups that stand for one value.</summary>
public static class BrokerDefinitions
{
    public static IReadOnlyDictionary<string, ConfigDefinition> All { get; } =
        new SortedDictionary<string, ConfigDefinition>(
            new ConfigDefinition[][]
                {
                    NetworkDefinitions.All, LogDefinitions.All, CleanerDefinitions.All, TopicDefaultDefinitions.All, ClusterDefinitions.All,
                    GroupDefinitions.All, UnusedDefinitions.All,
                }
                .SelectMany(definitions => definitions)
                .ToDictionary(definition => definition.Name),
            StringComparer.Ordinal);

    private static readonly string[][] SynonymGroups =
    [
        ["log.retention.ms", "log.retention.minutes", "log.retention.hours"],
        ["log.roll.ms", "log.roll.hours"],
        ["log.roll.jitter.ms", "log.roll.jitter.hours"],
        ["log.flush.interval.ms", "log.flush.scheduler.interval.ms"],
    ];

    /// <summary>All names for the same value, the strongest first: the first one that is set counts.</summary>
    public static string[] SynonymsOf(string name) =>
        SynonymGroups.FirstOrDefault(group => group.Contains(name)) ?? [name];
}
