namespace KLog.Broker.Configuration;

/// <summary>What DescribeConfigs says of brokers, topics and groups ◆.</summary>
public static class ConfigDescription
{
    /// <summary>Every property of this broker that KLog uses.</summary>
    public static IEnumerable<ConfigEntry> OfBroker(BrokerConfig broker) =>
        BrokerDefinitions.All.Values.Select(definition =>
        {
            // What only a name of less weight says is not told under the stronger one, which has no value then.
            ConfigSynonym[] synonyms =
                [.. Synonyms(broker.Layers, BrokerDefinitions.SynonymsOf(definition.Name)).SkipWhile(synonym => synonym.Name != definition.Name)];
            string? value = broker.Layers.Find(definition.Name) ?? definition.Default;
            ConfigSource source = synonyms.Length > 0 ? synonyms[0].Source : ConfigSource.Default;
            return Entry(definition, value, source, definition.UpdateMode == UpdateMode.ReadOnly, synonyms);
        });

    /// <summary>What is set for all brokers: the dynamic defaults alone.</summary>
    public static IEnumerable<ConfigEntry> OfAllBrokers(BrokerConfig broker) =>
        from pair in broker.Layers.DynamicDefault
        where BrokerDefinitions.All.ContainsKey(pair.Key)
        let definition = BrokerDefinitions.All[pair.Key]
        select Entry(definition, pair.Value, ConfigSource.DynamicDefaultBroker, false,
            [new ConfigSynonym(pair.Key, pair.Value, ConfigSource.DynamicDefaultBroker)]);

    /// <summary>Every topic config, with the topic's own values.</summary>
    public static IEnumerable<ConfigEntry> OfTopic(BrokerConfig broker, IReadOnlyDictionary<string, string> overrides) =>
        TopicDefinitions.All.Values.Where(definition => definition.Config.Name != TopicDefinitions.ForTests).Select(definition =>
        {
            string name = definition.Config.Name;
            List<ConfigSynonym> synonyms = [];
            if (overrides.TryGetValue(name, out string? own))
            {
                synonyms.Add(new(name, own, ConfigSource.DynamicTopic));
            }

            if (definition.BrokerProperties.Length > 0)
            {
                string[] brokerNames = [.. definition.BrokerProperties.Select(property => property.Name)];
                synonyms.AddRange(Synonyms(broker.Layers, brokerNames));
            }

            ConfigSource source = synonyms.Count > 0 ? synonyms[0].Source : ConfigSource.Default;
            return Entry(definition.Config, own ?? definition.DefaultText(broker), source, false, synonyms);
        });

    /// <summary>Every group config, with the group's own values.</summary>
    public static IEnumerable<ConfigEntry> OfGroup(BrokerConfig broker, IReadOnlyDictionary<string, string> overrides) =>
        GroupConfigDefinitions.All.Values.Select(definition =>
        {
            string name = definition.Name;
            List<ConfigSynonym> synonyms = GroupConfigDefinitions.BrokerPropertyOf(name) is { } property
                ? Synonyms(broker.Layers, [property])
                : [new(name, definition.Default, ConfigSource.Default)];
            if (overrides.TryGetValue(name, out string? own))
            {
                synonyms.Insert(0, new(name, own, ConfigSource.DynamicGroup));
            }

            return Entry(definition, synonyms[0].Value, synonyms[0].Source, false, synonyms);
        });

    /// <summary>All values of all names: a stronger layer first, in a layer the stronger name first.</summary>
    private static List<ConfigSynonym> Synonyms(ConfigLayers layers, string[] names)
    {
        List<ConfigSynonym> synonyms = [];
        foreach (string name in names)
        {
            synonyms.AddRange(layers.ValuesOf(name).Select(found => new ConfigSynonym(name, found.Value, found.Source)));
            if (!layers.Defaults.ContainsKey(name) && BrokerDefinitions.All[name].Default is { } fallback)
            {
                synonyms.Add(new(name, fallback, ConfigSource.Default));
            }
        }

        return [.. synonyms.OrderBy(synonym => synonym.Source)];
    }

    private static ConfigEntry Entry(ConfigDefinition definition, string? value, ConfigSource source, bool readOnly, IReadOnlyList<ConfigSynonym> synonyms) =>
        definition.IsSensitive
            ? new(definition, null, source, readOnly, [.. synonyms.Select(synonym => synonym with { Value = null })])
            : new(definition, value, source, readOnly, synonyms);
}
