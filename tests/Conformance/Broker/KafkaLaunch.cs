using System.Net.Sockets;
using KLog.Conformance.Programs;

namespace KLog.Conformance.Broker;

/// <summary>How a real Kafka is started in KLog's place: 3.9.2 with a ZooKeeper beside it, 4.3.1 as its own controller.</summary>
internal static class KafkaLaunch
{
    public static async Task<string[]> PrepareOnZooKeeperAsync(BrokerUnderTest broker, List<ServerProcess> processes)
    {
        int port = BrokerUnderTest.FreePort();
        string zooKeeper = Write(broker, "zoo.cfg",
            "tickTime=2000", $"dataDir={broker.Folder}/zookeeper", $"clientPort={port}", "clientPortAddress=127.0.0.1",
            "admin.enableServer=false");
        string[] start = Java("3.9.2", "128m", "org.apache.zookeeper.server.quorum.QuorumPeerMain", zooKeeper);
        processes.Add(new ServerProcess(start[0], start[1..], broker.Folder));
        await AwaitPortAsync(port);
        return Java("3.9.2", "512m", "kafka.Kafka", Write(broker, "server.properties",
        [
            .. Properties(broker),
            "broker.id=0", $"zookeeper.connect=127.0.0.1:{port}", $"listeners=PLAINTEXT://127.0.0.1:{broker.Port}",
        ]));
    }

    public static async Task<string[]> PrepareOnKRaftAsync(BrokerUnderTest broker)
    {
        int port = BrokerUnderTest.FreePort();
        string properties = Write(broker, "server.properties",
        [
            .. Properties(broker),
            "node.id=0", "process.roles=broker,controller", "controller.listener.names=CONTROLLER",
            $"controller.quorum.bootstrap.servers=127.0.0.1:{port}",
            $"listeners=PLAINTEXT://127.0.0.1:{broker.Port},CONTROLLER://127.0.0.1:{port}",
        ]);
        string[] format = Java("4.3.1", "256m", "kafka.tools.StorageTool",
            "format", "--standalone", "-t", "MkU3OEVBNTcwNTJENDM2Qk", "-c", properties);
        (await ProgramRun.RunAsync(format[0], format[1..])).Succeeded();
        return Java("4.3.1", "512m", "kafka.Kafka", properties);
    }

    /// <summary>The command that starts a class of Kafka's, with little logged.</summary>
    public static string[] Java(string version, string heap, params string[] classAndArguments) =>
    [
        "java", $"-Xmx{heap}", "-XX:+UseSerialGC", "-Dlevel=WARN",
        $"-Dlog4j.configuration=file:{Prerequisites.KafkaHome}/log4j.properties",
        $"-Dlog4j2.configurationFile={Prerequisites.KafkaHome}/log4j2.properties",
        "-cp", $"{Prerequisites.KafkaHome}/{version}/*", .. classAndArguments,
    ];

    private static string[] Properties(BrokerUnderTest broker) =>
    [
        $"log.dirs={string.Join(',', broker.LogDirs)}", "offsets.topic.replication.factor=1", "transaction.state.log.replication.factor=1",
        "transaction.state.log.min.isr=1", .. broker.Settings,
    ];

    private static string Write(BrokerUnderTest broker, string name, params string[] lines)
    {
        string path = Path.Combine(broker.Folder, name);
        File.WriteAllLines(path, lines);
        return path;
    }

    private static async Task AwaitPortAsync(int port)
    {
        for (long end = Environment.TickCount64 + 120_000; Environment.TickCount64 < end; await Task.Delay(50))
        {
            try
            {
                using TcpClient client = new();
                await client.ConnectAsync("127.0.0.1", port);
                return;
            }
            catch (SocketException)
            {
                // Not there yet.
            }
        }

        throw new TimeoutException($"ZooKeeper did not listen on port {port} within 120 s");
    }
}
