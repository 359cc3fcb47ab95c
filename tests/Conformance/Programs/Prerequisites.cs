using System.Collections.Concurrent;

namespace KLog.Conformance.Programs;

/// <summary>Looks for the programs of others, once each, and says what is missing and how to get it.</summary>
internal static class Prerequisites
{
    private static readonly ConcurrentDictionary<Program, string?> Found = new();

    /// <summary>KAFKA_HOME; a relative one is taken from the repository's root. Null when it is not set.</summary>
    public static string? KafkaHome { get; } = Environment.GetEnvironmentVariable("KAFKA_HOME") is { Length: > 0 } home
        ? Path.GetFullPath(home, Repository.Root)
        : null;

    /// <summary>The folder that npm installs into: outside the sources.</summary>
    public static string NodeModules => Path.Combine(Repository.Root, "artifacts", "node_modules");

    public static string? LibrdkafkaWheel => KafkaHome is null
        ? null
        : Existing(Path.Combine(KafkaHome, "..", "python"), "confluent_kafka-*.whl");

    /// <summary>Null when the program is there; otherwise the reason to skip.</summary>
    public static string? Missing(Program program) => Found.GetOrAdd(program, Look);

    private static string? Look(Program program) => program switch
    {
        Program.Kafka when KafkaHome is null => "KAFKA_HOME is not set: a folder with Kafka's jars, one folder a version",
        Program.Kafka when !Directory.Exists(Path.Combine(KafkaHome, "3.9.2")) => $"no folder 3.9.2 in KAFKA_HOME={KafkaHome}",
        Program.Kafka => OnPath("java") ?? OnPath("javac"),
        Program.Kcat => OnPath("kcat") is null ? null : "kcat is missing: apt-get install kcat",
        Program.KafkaPython => Runs("/usr/bin/python3", "-c", "import kafka")
            ? null
            : "kafka-python is missing: apt-get install python3-kafka",
        Program.Librdkafka => LibrdkafkaWheel is null ? "no wheel of confluent-kafka beside KAFKA_HOME, in ../python" : null,
        Program.KafkaJs => NodePackage("kafkajs"),
        Program.PlatformaticKafka => NodePackage("@platformatic/kafka"),
        _ => throw new ArgumentOutOfRangeException(nameof(program)),
    };

    private static string? NodePackage(string name) => OnPath("node")
        ?? (Directory.Exists(Path.Combine(NodeModules, name))
            ? null
            : $"{name} is missing: npm install --prefix artifacts {name}");

    private static string? OnPath(string name) =>
        (Environment.GetEnvironmentVariable("PATH") ?? "").Split(':').Any(folder => File.Exists(Path.Combine(folder, name)))
            ? null
            : $"{name} is not on the PATH";

    private static bool Runs(string file, params string[] arguments) =>
        File.Exists(file) && ProgramRun.RunAsync(file, arguments).GetAwaiter().GetResult().ExitCode == 0;

    private static string? Existing(string folder, string pattern) =>
        Directory.Exists(folder) ? Directory.EnumerateFiles(folder, pattern).FirstOrDefault() : null;
}
