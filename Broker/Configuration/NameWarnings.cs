namespace KLog.Broker.Configuration;

/// <summary>One line for each property that has no effect ◆: Kafka's that KLog does not use, and those that nobody knows.</summary>
internal static class NameWarnings
{
    public static IEnumerable<string> For(IReadOnlyDictionary<string, string> properties)
    {
        foreach (string name in properties.Keys.Where(name => !IsUsed(name) && !StartupRefusals.Covers(name)))
        {
            if (KafkaNames.Knows(name))
            {
                yield return $"{name} is Kafka's, and has no effect in KLog";
            }
            else
            {
                string? nearest = NearestName.Of(name, KafkaNames.All);
                yield return $"{name} is not a known property, and has no effect" + (nearest is null ? "" : $"; is {nearest} meant?");
            }
        }
    }

    private static bool IsUsed(string name) => BrokerDefinitions.All.TryGetValue(name, out ConfigDefinition? known) && known.IsUsed;
}
