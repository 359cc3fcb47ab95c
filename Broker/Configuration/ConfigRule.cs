using System.Globalization;

namespace KLog.Broker.Configuration;

/// <summary>What a parsed value must be, and how to say so: "must be " + <see cref="Allowed"/>.</summary>
public sealed record ConfigRule(string Allowed, Func<object, bool> Accepts)
{
    public static ConfigRule AtLeast(long minimum) =>
        new($"at least {minimum}", value => Number(value) >= minimum);

    public static ConfigRule Between(double minimum, double maximum) =>
        new(string.Create(CultureInfo.InvariantCulture, $"between {minimum} and {maximum}"), value => Number(value) >= minimum && Number(value) <= maximum);

    public static ConfigRule OneOf(params string[] values) =>
        new($"one of {string.Join(", ", values)}", value => values.Contains((string)value));

    /// <summary>For lists: every element is one of the values, none twice.</summary>
    public static ConfigRule SomeOf(params string[] values) =>
        new($"a list of {string.Join(", ", values)}", value =>
        {
            string[] elements = (string[])value;
            return elements.All(values.Contains) && elements.Distinct().Count() == elements.Length;
        });

    public static ConfigRule Not(string forbidden, ConfigRule rule) =>
        rule with { Accepts = value => !forbidden.Equals(value) && rule.Accepts(value) };

    public ConfigRule Or(long value) =>
        new($"{Allowed}, or {value}", candidate => Number(candidate) == value || Accepts(candidate));

    // A long near its maximum loses its last digits as a double; no bound here lies there.
    private static double Number(object value) => Convert.ToDouble(value, CultureInfo.InvariantCulture);
}
