namespace KLog.Broker.Configuration;

/// <summary>
/// A topic config and the broker properties that say what a topic has without it, the strongest first, each with how many
/// of the topic config's units one of its own is (log.retention.hours: 3,600,000). No broker property: a fixed default.
/// </summary>
public sealed record TopicDefinition(ConfigDefinition Config, params (string Name, long Unit)[] BrokerProperties)
{
    /// <summary>What a topic has that does not set it, with the broker's configuration as it is.</summary>
    public string? DefaultText(BrokerConfig broker)
    {
        foreach ((string name, long unit) in BrokerProperties)
        {
            string? text = broker.Layers.Find(name) ?? BrokerDefinitions.All[name].Default;
            if (text is not null)
            {
                return unit == 1 || text.TrimStart().StartsWith('-') ? text : InUnits(text, unit);
            }
        }

        return Config.Default;
    }

    private static string InUnits(string text, long unit) =>
        (long.Parse(text, System.Globalization.CultureInfo.InvariantCulture) * unit).ToString(System.Globalization.CultureInfo.InvariantCulture);
}
