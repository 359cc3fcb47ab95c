using System.Collections.Concurrent;
using System.Text.RegularExpressions;
using KLog.Broker.Configuration;
using KLog.Broker.Metadata;

namespace KLog.Broker.Groups.Consumer;

/// <summary>
/// ◆ Subscriptions by regular expression. Clients mean RE2's language; .NET's engine without backtracking is its nearest kin,
/// and like it takes time in proportion to its input, whatever the expression.
/// </summary>
internal static class TopicExpressions
{
    private const int CacheMax = 1_000;

    /// <summary>Compiling takes time in proportion, on a thread that serves others too.</summary>
    private const int LengthMax = 1_000;

    private static readonly ConcurrentDictionary<string, Regex> Compiled = new(StringComparer.Ordinal);

    /// <summary>Why an expression cannot be used; null for one that can.</summary>
    public static string? Fault(string expression)
    {
        if (expression.Length > LengthMax)
        {
            return $"it is longer than {LengthMax} characters";
        }

        if (expression.Contains("[[:", StringComparison.Ordinal) || expression.Contains("[:^", StringComparison.Ordinal))
        {
            return "classes such as [[:alpha:]] are not supported";
        }

        try
        {
            _ = Compile(expression);
            return null;
        }
        catch (ArgumentException fault)
        {
            return fault.Message;
        }
        catch (NotSupportedException fault)
        {
            return fault.Message;
        }
    }

    /// <summary>
    /// The topics whose whole name an expression matches, in order; Kafka's own topics are left out. One that cannot be used,
    /// as another coordinator may have let it in, matches none.
    /// </summary>
    public static string[] Match(string expression, ClusterSnapshot cluster)
    {
        if (Fault(expression) is not null)
        {
            return [];
        }

        Regex regex = Compile(expression);
        return ConsumerMember.InOrder(
            cluster.Topics.Keys.Where(topic => regex.IsMatch(topic) && !InternalTopics.IsInternal(topic)));
    }

    private static Regex Compile(string expression)
    {
        if (Compiled.TryGetValue(expression, out Regex? known))
        {
            return known;
        }

        // The second pattern alone would take what closes our bracket and opens another for an expression.
        const RegexOptions Options = RegexOptions.NonBacktracking | RegexOptions.CultureInvariant;
        _ = new Regex(expression, Options);
        Regex regex = new($@"\A(?:{expression})\z", Options);
        if (Compiled.Count >= CacheMax)
        {
            Compiled.Clear();
        }

        Compiled[expression] = regex;

        return regex;
    }
}
