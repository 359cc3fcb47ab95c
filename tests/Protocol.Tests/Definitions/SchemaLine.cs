namespace KLog.Protocol.Tests.Definitions;

/// <summary>One field of one version. Both sides print it the same way, so a difference can be read.</summary>
internal sealed record SchemaLine(string Name, string WireType, string Default)
{
    public bool Nullable { get; init; }

    public int? Tag { get; init; }

    public bool Ignorable { get; init; }

    public bool Flexible { get; init; }

    public string ToString(int depth) =>
        new string(' ', depth * 2)
        + char.ToUpperInvariant(Name[0]) + Name[1..]
        + ": " + WireType
        + (Nullable ? "?" : "")
        + " = " + Default
        + (Tag is { } tag ? $" tag {tag}" : "")
        + (Ignorable ? " ignorable" : "")
        + (Flexible ? "" : " old form");
}
