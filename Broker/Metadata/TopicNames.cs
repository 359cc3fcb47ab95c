namespace KLog.Broker.Metadata;

/// <summary>◆ What a topic may be called, by Kafka's rules.</summary>
public static class TopicNames
{
    public const int LengthMax = 249;

    /// <summary>What is wrong with a name; null where nothing is.</summary>
    public static string? Fault(string name)
    {
        if (name.Length == 0)
        {
            return "a topic needs a name";
        }

        if (name is "." or "..")
        {
            return $"'{name}' cannot be a topic's name";
        }

        if (name.Length > LengthMax)
        {
            return $"a topic's name may have {LengthMax} characters, and this one has {name.Length}";
        }

        return name.All(c => char.IsAsciiLetterOrDigit(c) || c is '.' or '_' or '-')
            ? null
            : $"a topic's name has ASCII letters, digits, '.', '_' and '-' only, unlike '{name}'";
    }

    /// <summary>Whether two names would be one in metrics, where '.' and '_' are the same.</summary>
    public static bool Collide(string one, string other) =>
        one.Length == other.Length && one.Replace('.', '_') == other.Replace('.', '_');
}
