namespace KLog.Broker.Configuration;

/// <summary>The operations of IncrementalAlterConfigs (KIP-339); the numbers are the request's own.</summary>
public enum ConfigOperation : sbyte
{
    Set = 0,
    Delete = 1,
    Append = 2,
    Subtract = 3,
}

/// <summary>One change of one property.</summary>
public readonly record struct ConfigEdit(string Name, ConfigOperation Operation, string? Value)
{
    /// <summary>What a resource's own properties are after the edits ◆.</summary>
    /// <param name="definition">null for an unknown name.</param>
    /// <param name="fallback">What holds where the resource has no value: a list grows and shrinks from there.</param>
    /// <exception cref="InvalidConfigException">An append to, or a subtraction from, what is no list.</exception>
    public static Dictionary<string, string> Apply(
        IReadOnlyDictionary<string, string> current,
        IEnumerable<ConfigEdit> edits,
        Func<string, ConfigDefinition?> definition,
        Func<string, string?> fallback)
    {
        Dictionary<string, string> next = new(current, StringComparer.Ordinal);
        foreach (ConfigEdit edit in edits)
        {
            switch (edit.Operation)
            {
                case ConfigOperation.Set:
                    next[edit.Name] = edit.Value!;
                    break;
                case ConfigOperation.Delete:
                    next.Remove(edit.Name);
                    break;
                default:
                    if (definition(edit.Name) is { Type: not ConfigType.List })
                    {
                        throw new InvalidConfigException(edit.Name, edit.Value, $"is no list that one could {(edit.Operation == ConfigOperation.Append ? "append to" : "subtract from")}");
                    }

                    next[edit.Name] = edit.Change(ConfigDefinition.SplitList(next.GetValueOrDefault(edit.Name) ?? fallback(edit.Name) ?? ""));
                    break;
            }
        }

        return next;
    }

    private string Change(string[] elements)
    {
        string[] named = ConfigDefinition.SplitList(Value!);
        return string.Join(',', Operation == ConfigOperation.Append ? elements.Union(named) : elements.Except(named));
    }
}
