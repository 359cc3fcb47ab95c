namespace KLog.Broker.Configuration;

/// <summary>
/// Typed values out of given texts, with each definition's default where nothing is given. What is wrong is collected, so
/// that a user hears of every mistake at once.
/// </summary>
public sealed class ConfigReader(
    IReadOnlyDictionary<string, ConfigDefinition> definitions, Func<string, string?> given, List<InvalidConfigException> problems)
{
    public bool Boolean(string name) => Value<bool>(name);

    public int Int(string name) => Value<int>(name);

    public short Short(string name) => Value<short>(name);

    public long Long(string name) => Value<long>(name);

    public double Double(string name) => Value<double>(name);

    public string Text(string name) => TextOrNull(name) ?? "";

    public string? TextOrNull(string name) => (string?)Parse(name);

    public string[]? List(string name) => (string[]?)Parse(name);

    /// <summary>Every definition's value, so that one which nobody reads yet is right too.</summary>
    public void CheckAll()
    {
        foreach (string name in definitions.Keys)
        {
            Parse(name);
        }
    }

    /// <summary>The value as the user wrote it; null when it is not given.</summary>
    public string? Given(string name) => given(name);

    /// <summary>Adds a mistake that only shows in the light of other values.</summary>
    public void Refuse(string name, string problem) =>
        problems.Add(new(name, given(name) ?? definitions[name].Default, problem));

    private T Value<T>(string name)
        where T : struct => Parse(name) is T value ? value : default;

    private object? Parse(string name)
    {
        ConfigDefinition definition = definitions[name];
        try
        {
            return definition.Parse(given(name) ?? definition.Default);
        }
        catch (InvalidConfigException problem)
        {
            if (!problems.Exists(known => known.Name == name))
            {
                problems.Add(problem);
            }

            return definition.Parse(definition.Default);
        }
    }
}
