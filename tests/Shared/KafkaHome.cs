namespace KLog.Tests;

/// <summary>The folder with Apache Kafka's own jars, one folder a version; tests that need them are skipped without it.</summary>
internal static class KafkaHome
{
    public static string? Folder => Environment.GetEnvironmentVariable("KAFKA_HOME") is { Length: > 0 } folder ? folder : null;

    public static string? WhySkip => Folder is null ? "KAFKA_HOME is not set: it names the folder with Kafka's versions" : null;

    /// <summary>The clients' jar of a version, which holds the message definitions too.</summary>
    public static string ClientsJar(string version) => Path.Combine(Folder!, version, $"kafka-clients-{version}.jar");

    /// <summary>Whether the program is on the path.</summary>
    public static bool Has(string program) =>
        (Environment.GetEnvironmentVariable("PATH") ?? "").Split(':').Any(folder => File.Exists(Path.Combine(folder, program)));
}
