namespace KLog.Broker.Configuration;

/// <summary>Whether a broker's dynamic properties may become others ◆.</summary>
public static class BrokerConfigChange
{
    /// <exception cref="InvalidConfigException">A property that is not dynamic, or a value that is not valid.</exception>
    /// <exception cref="ConfigurationException">Values that do not fit together.</exception>
    public static void Validate(
        BrokerConfig current, bool forAllBrokers, IReadOnlyDictionary<string, string> before, IReadOnlyDictionary<string, string> after)
    {
        foreach ((string name, string value) in after.Where(pair => !before.TryGetValue(pair.Key, out string? old) || old != pair.Value))
        {
            CheckDynamic(name, value, forAllBrokers).Parse(value);
        }

        ConfigLayers layers = current.Layers;
        BrokerConfig.From(forAllBrokers ? layers with { DynamicDefault = Effective(after) } : layers with { DynamicBroker = Effective(after) });
    }

    private static ConfigDefinition CheckDynamic(string name, string value, bool forAllBrokers)
    {
        if (!BrokerDefinitions.All.TryGetValue(name, out ConfigDefinition? definition))
        {
            string? nearest = NearestName.Of(name, BrokerDefinitions.All.Keys);
            throw new InvalidConfigException(name, value, KafkaNames.Knows(name)
                ? "has no effect in KLog"
                : "there is no such property" + (nearest is null ? "" : $"; is {nearest} meant?"));
        }

        return definition.UpdateMode switch
        {
            UpdateMode.ReadOnly => throw new InvalidConfigException(name, value, "cannot change while the broker runs; set it in the properties file, and restart"),
            UpdateMode.PerBroker when forAllBrokers => throw new InvalidConfigException(name, value, "is each broker's own, and cannot be set for all"),
            _ => definition,
        };
    }

    /// <summary>What a Kafka broker, or another version, has left in the tree and is not dynamic or valid here has no effect.</summary>
    public static Dictionary<string, string> Effective(IReadOnlyDictionary<string, string> properties, Action<string>? ignored = null)
    {
        Dictionary<string, string> effective = [];
        foreach ((string name, string value) in properties)
        {
            try
            {
                CheckDynamic(name, value, forAllBrokers: false).Parse(value);
                effective[name] = value;
            }
            catch (InvalidConfigException reason)
            {
                ignored?.Invoke(reason.Message);
            }
        }

        return effective;
    }
}
