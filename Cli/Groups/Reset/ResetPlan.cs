using System.Globalization;
using System.Text;
using KLog.Protocol;

namespace KLog.Cli.Groups.Reset;

/// <summary>
/// Offsets of groups as comma-separated lines ◆, which --export writes and --from-file reads:
/// <code>
/// topic,partition,offset            of the one group that is named on the command line
/// group,topic,partition,offset      of several
/// </code>
/// A value may stand in double quotes, and in them a quote is doubled. Empty lines do not count.
/// </summary>
internal sealed class ResetPlan
{
    /// <summary>Kafka's writer looks no further, and puts longer values in quotes whatever they are.</summary>
    private const int UnquotedMax = 24;

    private readonly Dictionary<string, Dictionary<TopicPartition, long>> _groups = [];

    public IReadOnlyDictionary<TopicPartition, long>? Of(string group) => _groups.GetValueOrDefault(group);

    /// <param name="onlyGroup">The group of lines of three columns; null when several are named, so that lines must name theirs.</param>
    /// <exception cref="FormatException">A line is neither; the message names it by its number.</exception>
    public static ResetPlan Parse(string text, string? onlyGroup)
    {
        ResetPlan plan = new();
        string[] lines = text.ReplaceLineEndings("\n").Split('\n');
        for (int i = 0; i < lines.Length; i++)
        {
            if (!string.IsNullOrWhiteSpace(lines[i]) && !plan.TryAdd(Values(lines[i]), onlyGroup))
            {
                string wanted = onlyGroup is null ? "group,topic,partition,offset" : "topic,partition,offset";
                throw new FormatException($"line {i + 1}: must be {wanted}");
            }
        }

        return plan;
    }

    /// <param name="namesGroups">Whether lines have four columns.</param>
    public static void Write(
        IReadOnlyDictionary<string, IReadOnlyDictionary<TopicPartition, long>> groups, bool namesGroups, TextWriter output)
    {
        foreach ((string group, IReadOnlyDictionary<TopicPartition, long> offsets) in groups.OrderBy(each => each.Key, StringComparer.Ordinal))
        {
            foreach ((TopicPartition partition, long offset) in offsets.OrderBy(each => each.Key, Clients.Metadata.PartitionOrder.Instance))
            {
                string prefix = namesGroups ? $"{Quoted(group)}," : "";
                output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{prefix}{Quoted(partition.Topic)},{partition.Partition},{offset}"));
            }
        }
    }

    private static string Quoted(string value) =>
        value.Length > UnquotedMax || value.Any(each => each <= ',') ? $"\"{value.Replace("\"", "\"\"", StringComparison.Ordinal)}\"" : value;

    private bool TryAdd(List<string> values, string? onlyGroup)
    {
        bool isWhole = values.Count == 4;
        if (!(isWhole || (values.Count == 3 && onlyGroup is not null))
            || !int.TryParse(values[^2].Trim(), NumberStyles.None, CultureInfo.InvariantCulture, out int partition)
            || !long.TryParse(values[^1].Trim(), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out long offset))
        {
            return false;
        }

        string group = isWhole ? values[0] : onlyGroup!;
        if (!_groups.TryGetValue(group, out Dictionary<TopicPartition, long>? offsets))
        {
            _groups[group] = offsets = [];
        }

        offsets[new TopicPartition(values[^3], partition)] = offset;
        return true;
    }

    private static List<string> Values(string line)
    {
        List<string> values = [];
        StringBuilder value = new();
        bool isQuoted = false;
        for (int i = 0; i < line.Length; i++)
        {
            bool isQuote = line[i] == '"';
            if (isQuote && isQuoted && i + 1 < line.Length && line[i + 1] == '"')
            {
                value.Append('"');
                i++;
            }
            else if (isQuote)
            {
                isQuoted = !isQuoted;
            }
            else if (line[i] == ',' && !isQuoted)
            {
                values.Add(value.ToString());
                value.Clear();
            }
            else
            {
                value.Append(line[i]);
            }
        }

        values.Add(value.ToString());
        return values;
    }
}
