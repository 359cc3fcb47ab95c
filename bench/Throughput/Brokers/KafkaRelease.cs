using System.Text.RegularExpressions;

namespace KLog.Bench.Throughput.Brokers;

/// <summary>A folder with Apache Kafka's jars.</summary>
internal sealed partial record KafkaRelease(Version Version, string Libs)
{
    /// <summary>Kafka 4 runs without ZooKeeper, 3.9 is measured on it.</summary>
    internal bool NeedsZooKeeper => Version.Major < 4;

    /// <summary>
    /// The releases in a folder: itself an unpacked release (with libs/) or a folder of jars, or a folder of such folders.
    /// Only those that hold a broker count. Oldest first.
    /// </summary>
    internal static KafkaRelease[] FindIn(string folder)
    {
        IEnumerable<string> candidates = Directory.EnumerateDirectories(folder).Prepend(folder);
        return [.. candidates
            .SelectMany(c => (string[])[c, Path.Combine(c, "libs")])
            .Where(Directory.Exists)
            .Select(ReadFrom)
            .OfType<KafkaRelease>()
            .DistinctBy(r => r.Version)
            .OrderBy(r => r.Version)];
    }

    private static KafkaRelease? ReadFrom(string libs)
    {
        foreach (string jar in Directory.EnumerateFiles(libs, "kafka_2*.jar"))
        {
            if (BrokerJar().Match(Path.GetFileName(jar)) is { Success: true } match)
            {
                return new KafkaRelease(Version.Parse(match.Groups[1].ValueSpan), Path.GetFullPath(libs));
            }
        }

        return null;
    }

    [GeneratedRegex(@"^kafka_2\.\d+-(\d+\.\d+\.\d+)\.jar$")]
    private static partial Regex BrokerJar();
}
