using System.Globalization;
using KLog.Protocol;

namespace KLog.Cli.Groups;

/// <summary>A topic on a command line, with all its partitions or some: <c>orders</c>, <c>orders:0,1,2</c> ◆.</summary>
/// <param name="Partitions">Null for all.</param>
internal sealed record TopicSelection(string Topic, IReadOnlyList<int>? Partitions)
{
    /// <exception cref="UserErrorException">It is neither.</exception>
    public static TopicSelection Parse(string text)
    {
        string[] parts = text.Split(':');
        if (parts[0].Length == 0 || parts.Length > 2)
        {
            throw new UserErrorException($"--topic {text}: must be a topic, or a topic with partitions as in orders:0,1,2");
        }

        return new TopicSelection(parts[0], parts.Length == 1 ? null : [.. parts[1].Split(',').Select(part => Number(part, text)).Distinct()]);
    }

    public IEnumerable<TopicPartition> With(IEnumerable<int> all) => (Partitions ?? all).Select(each => new TopicPartition(Topic, each));

    private static int Number(string text, string whole) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out int number)
            ? number
            : throw new UserErrorException($"--topic {whole}: '{text}' is no partition's number");
}
