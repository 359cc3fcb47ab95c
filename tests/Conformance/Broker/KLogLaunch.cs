using KLog.Conformance.Programs;

namespace KLog.Conformance.Broker;

/// <summary>How KLog is started: the one of this source tree, or the program that KLOG_PROGRAM names (an installed one).</summary>
internal static class KLogLaunch
{
    public static string Program { get; } = Environment.GetEnvironmentVariable("KLOG_PROGRAM") is { Length: > 0 } named
        ? named
        : Path.Combine(Repository.Root, "artifacts", "bin", "klog", Repository.Configuration, "klog");

    public static string[] Prepare(BrokerUnderTest broker) =>
    [
        Program, "server",
        "--override", $"listeners=PLAINTEXT://127.0.0.1:{broker.Port}",
        "--override", $"log.dirs={string.Join(',', broker.LogDirs)}",
        .. broker.Settings.SelectMany(setting => new[] { "--override", setting }),
    ];
}
