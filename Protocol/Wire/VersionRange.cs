namespace KLog.Protocol.Wire;

/// <summary>An inclusive range of a message's versions; empty when <see cref="Max"/> is below <see cref="Min"/>.</summary>
public readonly record struct VersionRange(short Min, short Max)
{
    public static readonly VersionRange None = new(0, -1);

    public bool IsEmpty => Max < Min;

    public bool Contains(short version) => version >= Min && version <= Max;

    public override string ToString() => IsEmpty ? "none" : Min == Max ? $"{Min}" : $"{Min}-{Max}";
}
