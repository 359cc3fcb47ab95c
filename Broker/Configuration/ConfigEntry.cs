namespace KLog.Broker.Configuration;

/// <summary>One property as a client is told of it: the value in force, where it comes from, and what stands behind it.</summary>
/// <param name="Value">null where there is none, and for what is sensitive.</param>
/// <param name="Synonyms">Every value that is given for it, the one in force first.</param>
public sealed record ConfigEntry(
    ConfigDefinition Definition, string? Value, ConfigSource Source, bool IsReadOnly, IReadOnlyList<ConfigSynonym> Synonyms)
{
    public string Name => Definition.Name;
}

/// <summary>A value that is, or would be, in force: by which name it is given, and where.</summary>
public sealed record ConfigSynonym(string Name, string? Value, ConfigSource Source);
