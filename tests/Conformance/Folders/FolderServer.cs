using System.Net.Sockets;
using KLog.Conformance.Broker;
using KLog.Conformance.Programs;

namespace KLog.Conformance.Folders;

/// <summary>A broker, KLog or Kafka, on data folders that another one may have written.</summary>
internal sealed class FolderServer : IAsyncDisposable
{
    private static readonly TimeSpan StartLimit = TimeSpan.FromSeconds(60);

    private readonly ServerProcess _process;

    private FolderServer(ServerProcess process, int port)
    {
        _process = process;
        Port = port;
    }

    public int Port { get; }

    public string Address => $"127.0.0.1:{Port}";

    /// <summary>What it has printed.</summary>
    public string Output => _process.Output;

    public static Task<FolderServer> StartKLogAsync(string folder, params string[] logDirs)
    {
        int port = BrokerUnderTest.FreePort();
        return StartAsync(
            [
                KLogLaunch.Program, "server", "--override", $"listeners=PLAINTEXT://127.0.0.1:{port}", "--override", "broker.id=0",
                "--override", $"log.dirs={string.Join(',', logDirs)}",
            ],
            folder,
            port);
    }

    /// <summary>Kafka 3.9.2, with little time between a record and its compaction.</summary>
    public static Task<FolderServer> StartKafkaAsync(string folder, int zooKeeperPort, params string[] logDirs)
    {
        int port = BrokerUnderTest.FreePort();
        string properties = Path.Combine(folder, $"server-{port}.properties");
        File.WriteAllLines(properties,
        [
            "broker.id=0", $"zookeeper.connect=127.0.0.1:{zooKeeperPort}", "zookeeper.session.timeout.ms=18000",
            $"listeners=PLAINTEXT://127.0.0.1:{port}", $"log.dirs={string.Join(',', logDirs)}", "controlled.shutdown.enable=false",
            "offsets.topic.replication.factor=1", "offsets.topic.num.partitions=1", "transaction.state.log.replication.factor=1",
            "transaction.state.log.min.isr=1", "transaction.state.log.num.partitions=1", "log.cleaner.backoff.ms=100",
            "log.initial.task.delay.ms=100",
        ]);
        return StartAsync(KafkaLaunch.Java("3.9.2", "512m", "kafka.Kafka", properties), folder, port);
    }

    public static async Task<(FolderServer Server, int Port)> StartZooKeeperAsync(string folder)
    {
        int port = BrokerUnderTest.FreePort();
        string config = Path.Combine(folder, "zoo.cfg");
        await File.WriteAllLinesAsync(config,
        [
            "tickTime=1000", $"dataDir={folder}/zookeeper", $"clientPort={port}", "clientPortAddress=127.0.0.1", "admin.enableServer=false",
        ]);
        string[] start = KafkaLaunch.Java("3.9.2", "128m", "org.apache.zookeeper.server.quorum.QuorumPeerMain", config);
        return (await StartAsync(start, folder, port), port);
    }

    /// <summary>A clean stop.</summary>
    public async Task StopAsync() => Assert.True(await _process.StopAsync(), $"it did not end on SIGTERM:\n{Output}");

    /// <summary>As kill -9.</summary>
    public Task KillAsync() => _process.KillAsync();

    public ValueTask DisposeAsync() => _process.DisposeAsync();

    private static async Task<FolderServer> StartAsync(string[] command, string folder, int port)
    {
        ServerProcess process = new(command[0], command[1..], folder);
        for (long end = Environment.TickCount64 + (long)StartLimit.TotalMilliseconds; Environment.TickCount64 < end; await Task.Delay(50))
        {
            if (process.HasExited)
            {
                break;
            }

            try
            {
                using TcpClient client = new();
                await client.ConnectAsync("127.0.0.1", port);
                return new FolderServer(process, port);
            }
            catch (SocketException)
            {
                // Not there yet.
            }
        }

        string output = process.Output;
        await process.DisposeAsync();
        throw new InvalidOperationException($"{string.Join(' ', command)} did not start:\n{output}");
    }
}
