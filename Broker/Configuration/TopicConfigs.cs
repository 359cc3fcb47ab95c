namespace KLog.Broker.Configuration;

/// <summary>A topic's own configs: whether they are valid, and what they make of the broker's defaults ◆.</summary>
public static class TopicConfigs
{
    /// <summary>What an unknown or bad topic config is refused with; the caller answers INVALID_CONFIG.</summary>
    /// <exception cref="InvalidConfigException">The first config that is unknown or not valid.</exception>
    public static void Validate(BrokerConfig broker, IReadOnlyDictionary<string, string> overrides)
    {
        foreach ((string name, string value) in overrides)
        {
            if (!TopicDefinitions.All.TryGetValue(name, out TopicDefinition? definition))
            {
                string? nearest = NearestName.Of(name, TopicDefinitions.All.Keys);
                throw new InvalidConfigException(name, value, "there is no such topic config" + (nearest is null ? "" : $"; is {nearest} meant?"));
            }

            definition.Config.Parse(value);
        }

        CheckLags(Reader(broker, overrides));
    }

    /// <summary>
    /// The text in force for one config: the topic's own, or what the broker's configuration makes the default.
    /// </summary>
    public static string? Text(BrokerConfig broker, IReadOnlyDictionary<string, string> overrides, string name) =>
        overrides.TryGetValue(name, out string? own) ? own : TopicDefinitions.All[name].DefaultText(broker);

    private static void CheckLags(ConfigReader read)
    {
        long least = read.Long("min.compaction.lag.ms");
        if (read.Long("max.compaction.lag.ms") < least)
        {
            throw new InvalidConfigException("max.compaction.lag.ms", read.Given("max.compaction.lag.ms"), $"must be at least min.compaction.lag.ms ({least})");
        }
    }

    private static readonly IReadOnlyDictionary<string, ConfigDefinition> Definitions =
        TopicDefinitions.All.ToDictionary(pair => pair.Key, pair => pair.Value.Config);

    private static ConfigReader Reader(BrokerConfig broker, IReadOnlyDictionary<string, string> overrides) =>
        new(Definitions, name => Text(broker, overrides, name), []);
}
