namespace KLog.Protocol.Generator;

/// <summary>An inclusive range of versions, parsed from Kafka's notation: <c>"0-11"</c>, <c>"3+"</c>, <c>"4"</c>, <c>"none"</c>.</summary>
internal readonly record struct VersionRange(int Min, int Max)
{
    public static readonly VersionRange None = new(0, -1);

    public bool IsEmpty => Max < Min;

    public static bool TryParse(string text, out VersionRange range)
    {
        range = None;
        if (text == "none")
        {
            return true;
        }

        if (text.EndsWith("+", StringComparison.Ordinal))
        {
            range = new VersionRange(Number(text.Substring(0, text.Length - 1)), short.MaxValue);
            return range.Min >= 0;
        }

        int dash = text.IndexOf('-');
        range = dash < 0
            ? new VersionRange(Number(text), Number(text))
            : new VersionRange(Number(text.Substring(0, dash)), Number(text.Substring(dash + 1)));
        return range.Min >= 0 && range.Max >= range.Min;
    }

    public bool Contains(int version) => version >= Min && version <= Max;

    public bool Contains(VersionRange other) => other.IsEmpty || (other.Min >= Min && other.Max <= Max);

    public VersionRange Intersect(VersionRange other) => new(Math.Max(Min, other.Min), Math.Min(Max, other.Max));

    /// <summary>
    /// The C# condition that <c>version</c>, known to lie within <paramref name="known"/>, is in this range;
    /// <c>"true"</c> and <c>"false"</c> where that is certain.
    /// </summary>
    public string Condition(VersionRange known)
    {
        VersionRange common = Intersect(known);
        if (common.IsEmpty)
        {
            return "false";
        }

        if (common == known)
        {
            return "true";
        }

        if (common.Max == known.Max)
        {
            return $"version >= {common.Min}";
        }

        if (common.Min == common.Max)
        {
            return $"version == {common.Min}";
        }

        return common.Min == known.Min ? $"version <= {common.Max}" : $"version is >= {common.Min} and <= {common.Max}";
    }

    /// <summary>The opposite of <see cref="Condition"/>.</summary>
    public string NotCondition(VersionRange known)
    {
        VersionRange common = Intersect(known);
        return Condition(known) switch
        {
            "true" => "false",
            "false" => "true",
            _ when common.Max == known.Max => $"version < {common.Min}",
            _ when common.Min == known.Min => $"version > {common.Max}",
            _ => $"version is < {common.Min} or > {common.Max}",
        };
    }

    private static int Number(string text) =>
        short.TryParse(text, System.Globalization.NumberStyles.None, System.Globalization.CultureInfo.InvariantCulture, out short number)
            ? number
            : -1;
}
