using System.Globalization;

namespace KLog.Broker.Configuration;

/// <summary>
/// One property: its type, its default (null: none), what it may be, when it may change, and one sentence for people.
/// </summary>
public sealed record ConfigDefinition(
    string Name, ConfigType Type, string? Default, string Documentation, UpdateMode UpdateMode = UpdateMode.ReadOnly)
{
    public ConfigRule? Rule { get; init; }

    /// <summary>False for what is only there because Kafka has it.</summary>
    public bool IsUsed { get; init; } = true;

    public bool IsSensitive => Type == ConfigType.Password;

    /// <summary>
    /// The value as bool, int, short, long, double, string or string[] (lists); null only when <paramref name="text"/> is.
    /// </summary>
    /// <exception cref="InvalidConfigException">Not of the type, or against the rule.</exception>
    public object? Parse(string? text)
    {
        if (text is null)
        {
            return null;
        }

        object value = ParseType(text.Trim()) ?? throw Refuse(text, $"must be {TypeName}");
        if (Rule is { } rule && !rule.Accepts(value))
        {
            throw Refuse(text, $"must be {rule.Allowed}");
        }

        return value;
    }

    private object? ParseType(string text) => Type switch
    {
        ConfigType.Boolean => bool.TryParse(text, out bool value) ? value : null,
        ConfigType.Short => short.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out short value) ? value : null,
        ConfigType.Int => int.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out int value) ? value : null,
        ConfigType.Long => long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out long value) ? value : null,
        ConfigType.Double => double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out double value) ? value : null,
        ConfigType.List => SplitList(text),
        _ => text,
    };

    public static string[] SplitList(string text) =>
        text.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);

    private string TypeName => Type switch
    {
        ConfigType.Boolean => "true or false",
        ConfigType.Short => $"a whole number between {short.MinValue} and {short.MaxValue}",
        ConfigType.Int => $"a whole number between {int.MinValue} and {int.MaxValue}",
        ConfigType.Long => $"a whole number between {long.MinValue} and {long.MaxValue}",
        ConfigType.Double => "a number",
        _ => "text",
    };

    private InvalidConfigException Refuse(string value, string problem) =>
        new(Name, IsSensitive ? "[hidden]" : value, Default is null ? problem : $"{problem} (default: {(Default.Length == 0 ? "empty" : Default)})");
}
