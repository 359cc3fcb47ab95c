namespace KLog.Bench.Throughput.Brokers;

/// <summary>KLog, by its <c>klog</c> command (or a klog.dll).</summary>
internal sealed class KLogBroker(
    string name, string command, string[] overrides, ScratchFolder scratch, params string[] properties)
    : LocalBroker(name, scratch)
{
    private readonly ScratchFolder _scratch = scratch;

    private protected override void Prepare(string folder, int port, CancellationToken cancellation) =>
        File.WriteAllLines(PropertiesIn(folder),
        [
            $"listeners=PLAINTEXT://127.0.0.1:{port}",
            $"advertised.listeners=PLAINTEXT://127.0.0.1:{port}",
            $"log.dirs={DataFolder}",
            "log.segment.delete.delay.ms=500",
            .. properties,
        ]);

    private protected override ChildProcess Launch(string folder)
    {
        string[] server = ["server", PropertiesIn(folder), .. overrides.SelectMany(o => (string[])["--override", o])];
        string output = Path.Combine(folder, "output.log");
        return command.EndsWith(".dll", StringComparison.Ordinal)
            ? new ChildProcess(folder, output, "dotnet", [command, .. server])
            : new ChildProcess(folder, output, command, server);
    }

    private protected override LocalBroker Another(string[] added) =>
        new KLogBroker(Name, command, overrides, _scratch, [.. properties, .. added]);

    private static string PropertiesIn(string folder) => Path.Combine(folder, "server.properties");
}
