using KLog.Conformance.Programs;

namespace KLog.Conformance.Java;

/// <summary>A shell for each version of Kafka's jars, made on first use; the scenarios are compiled for all of them at once.</summary>
public sealed class JavaShells : IAsyncLifetime
{
    /// <summary>The oldest client that Kafka 4 still serves, the last of each major version, and what lies between.</summary>
    public static readonly string[] Versions = ["2.1.1", "2.8.2", "3.4.1", "3.9.2", "4.3.1"];

    private readonly string _classes = Directory.CreateTempSubdirectory("klog-conformance-java-").FullName;
    private readonly Dictionary<string, JavaShell> _shells = [];

    public async Task InitializeAsync()
    {
        if (Prerequisites.Missing(Program.Kafka) is not null)
        {
            return;
        }

        string sources = Path.Combine(Repository.Conformance, "java");
        string[] arguments =
        [
            "-Xshare:auto", "-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC", Path.Combine(sources, "Build.java"),
            sources, Prerequisites.KafkaHome!, _classes, .. Versions,
        ];
        (await ProgramRun.RunAsync("java", arguments)).Succeeded();
    }

    public Task DisposeAsync()
    {
        foreach (JavaShell shell in _shells.Values)
        {
            shell.Dispose();
        }

        Directory.Delete(_classes, recursive: true);
        return Task.CompletedTask;
    }

    /// <summary>Runs a main method in the JVM of that version.</summary>
    internal Task<ProgramResult> RunAsync(string version, string mainClass, IReadOnlyList<string> arguments, string input = "")
    {
        if (!_shells.TryGetValue(version, out JavaShell? shell))
        {
            _shells[version] = shell = new JavaShell(version, Path.Combine(_classes, version));
        }

        return shell.RunAsync(mainClass, arguments, input);
    }
}
