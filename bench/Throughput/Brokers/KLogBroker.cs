using KLog.Bench.Throughput.Load;

namespace KLog.Bench.Throughput.Brokers;

/// <summary>KLog, by its <c>klog</c> command (or a klog.dll).</summary>
internal sealed class KLogBroker(string name, string command, string[] overrides, ScratchFolder scratch)
    : LocalBroker(name, scratch)
{
    private protected override Instance Launch(string folder, int port, CancellationToken cancellation)
    {
        string properties = Path.Combine(folder, "server.properties");
        File.WriteAllLines(properties,
        [
            $"listeners=PLAINTEXT://127.0.0.1:{port}",
            $"advertised.listeners=PLAINTEXT://127.0.0.1:{port}",
            $"log.dirs={Path.Combine(folder, DataFolder)}",
            "log.segment.delete.delay.ms=500",
        ]);
        string[] server = ["server", properties, .. overrides.SelectMany(o => (string[])["--override", o])];
        string output = Path.Combine(folder, "output.log");
        long startedAt = LoadClock.Now;
        ChildProcess broker = command.EndsWith(".dll", StringComparison.Ordinal)
            ? new ChildProcess(folder, output, "dotnet", [command, .. server])
            : new ChildProcess(folder, output, command, server);
        return new Instance(folder, port, startedAt, broker, null);
    }
}
