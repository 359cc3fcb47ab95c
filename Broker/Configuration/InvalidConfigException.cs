namespace KLog.Broker.Configuration;

/// <summary>One value that cannot be taken: which, and what would be right.</summary>
public sealed class InvalidConfigException(string name, string? value, string problem)
    : Exception($"{name}={value}: {problem}")
{
    public string Name => name;

    public string? Value => value;

    public string Problem => problem;
}
