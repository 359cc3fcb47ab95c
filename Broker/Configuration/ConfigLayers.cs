namespace KLog.Broker.Configuration;

/// <summary>
/// A broker's properties by where they come from, the strongest first: this broker's dynamic ones, those for all brokers,
/// the file with its overrides, and defaults that differ from the definitions' own.
/// </summary>
public sealed record ConfigLayers(
    IReadOnlyDictionary<string, string> DynamicBroker,
    IReadOnlyDictionary<string, string> DynamicDefault,
    IReadOnlyDictionary<string, string> Static,
    IReadOnlyDictionary<string, string> Defaults)
{
    public static IReadOnlyDictionary<string, string> None { get; } = new Dictionary<string, string>();

    /// <summary>The text in force, without the definition's own default.</summary>
    public string? Find(string name) => ValuesOf(name).Select(found => found.Value).FirstOrDefault();

    /// <summary>Every value that is given for a name, the one in force first.</summary>
    public IEnumerable<(string Value, ConfigSource Source)> ValuesOf(string name)
    {
        (IReadOnlyDictionary<string, string>, ConfigSource)[] layers =
        [
            (DynamicBroker, ConfigSource.DynamicBroker),
            (DynamicDefault, ConfigSource.DynamicDefaultBroker),
            (Static, ConfigSource.StaticBroker),
            (Defaults, ConfigSource.Default),
        ];
        foreach ((IReadOnlyDictionary<string, string> layer, ConfigSource source) in layers)
        {
            if (layer.TryGetValue(name, out string? value))
            {
                yield return (value, source);
            }
        }
    }
}
