namespace KLog.Broker.Configuration;

/// <summary>What <c>klog server [server.properties] [--override name=value]…</c> says, as a configuration.</summary>
public static class BrokerConfigFile
{
    /// <summary>
    /// A broker with embedded coordination is alone: it cannot have Kafka's three replicas of internal topics.
    /// </summary>
    private static readonly Dictionary<string, string> EmbeddedDefaults = new()
    {
        ["offsets.topic.replication.factor"] = "1",
        ["transaction.state.log.replication.factor"] = "1",
        ["transaction.state.log.min.isr"] = "1",
    };

    private static readonly Dictionary<string, string> DefaultsWithoutFile = new(EmbeddedDefaults)
    {
        ["listeners"] = "PLAINTEXT://localhost:9092",
        ["log.dirs"] = "./data",
        ["broker.id"] = "0",
    };

    /// <param name="path">null: the defaults of a broker that one just tries.</param>
    /// <param name="overrides">name=value each; they win over the file, the last over those before.</param>
    /// <returns>The configuration, and one line for each property without effect.</returns>
    /// <exception cref="ConfigurationException">The file cannot be read, or something in it is not valid.</exception>
    public static (BrokerConfig Config, IReadOnlyList<string> Warnings) Load(string? path, IEnumerable<string> overrides)
    {
        Dictionary<string, string> properties = path is null ? [] : Read(path);
        foreach (string text in overrides)
        {
            int equals = text.IndexOf('=');
            if (equals <= 0)
            {
                throw new ConfigurationException([$"--override {text}: must be name=value"]);
            }

            properties[text[..equals].Trim()] = text[(equals + 1)..].Trim();
        }

        return FromProperties(properties, path is null ? DefaultsWithoutFile : EmbeddedDefaults);
    }

    /// <summary>The same from properties in memory, with the defaults that apply without a file.</summary>
    public static BrokerConfig FromProperties(IReadOnlyDictionary<string, string> properties) =>
        FromProperties(properties, DefaultsWithoutFile).Config;

    private static (BrokerConfig Config, IReadOnlyList<string> Warnings) FromProperties(
        IReadOnlyDictionary<string, string> properties, Dictionary<string, string> defaults)
    {
        ConfigurationException.ThrowIfAny([.. StartupRefusals.Check(properties)]);
        BrokerConfig config = BrokerConfig.From(new(ConfigLayers.None, ConfigLayers.None, properties, defaults));
        return (config, [.. NameWarnings.For(properties), .. GroupDefinitions.Warnings(properties)]);
    }

    private static Dictionary<string, string> Read(string path)
    {
        try
        {
            return PropertiesText.Parse(File.ReadAllText(path));
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException or FormatException)
        {
            throw new ConfigurationException([failure is FileNotFoundException or DirectoryNotFoundException
                ? $"{path}: there is no such file"
                : $"{path}: {failure.Message}"]);
        }
    }
}
