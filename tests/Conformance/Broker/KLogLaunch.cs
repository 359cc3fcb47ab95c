using KLog.Conformance.Programs;

namespace KLog.Conformance.Broker;

/// <summary>How the KLog of this source tree is started.</summary>
internal static class KLogLaunch
{
    public static string[] Prepare(BrokerUnderTest broker)
    {
        string program = Path.Combine(Repository.Root, "artifacts", "bin", "klog", Repository.Configuration, "klog");
        return
        [
            program, "server",
            "--override", $"listeners=PLAINTEXT://127.0.0.1:{broker.Port}",
            "--override", $"log.dirs={broker.LogDir}",
        ];
    }
}
