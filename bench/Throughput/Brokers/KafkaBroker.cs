using KLog.Bench.Throughput.Load;

namespace KLog.Bench.Throughput.Brokers;

/// <summary>
/// Apache Kafka with a heap of 1 GiB and the collector settings of its own start script; Kafka 3 with a ZooKeeper of its
/// own, Kafka 4 as broker and controller in one. Sessions last a day, so that a broker that was paused is not expired.
/// </summary>
internal sealed class KafkaBroker(KafkaRelease release, ScratchFolder scratch, params string[] properties)
    : LocalBroker($"Kafka {release.Version}", scratch)
{
    private const int SessionMs = 86_400_000;
    private static readonly TimeSpan ForgottenTimeMax = TimeSpan.FromSeconds(60);
    private readonly ScratchFolder _scratch = scratch;
    private ChildProcess? _zooKeeper;
    private int _zooKeeperPort;

    private static readonly string[] JvmOptions =
    [
        "-Xms1g", "-Xmx1g", "-server", "-XX:+UseG1GC", "-XX:MaxGCPauseMillis=20",
        "-XX:InitiatingHeapOccupancyPercent=35", "-XX:+ExplicitGCInvokesConcurrent", "-Djava.awt.headless=true",
    ];

    /// <summary>On ZooKeeper it never does.</summary>
    internal override bool HasConsumerProtocol => !release.NeedsZooKeeper;

    private protected override ChildProcess? Companion => _zooKeeper;

    private protected override void Prepare(string folder, int port, CancellationToken cancellation)
    {
        WriteLogConfigs(folder);
        if (release.NeedsZooKeeper)
        {
            PrepareOnZooKeeper(folder, port, cancellation);
        }
        else
        {
            PrepareAlone(folder, port);
        }
    }

    private protected override ChildProcess Launch(string folder) =>
        Java(folder, "output.log", JvmOptions, "kafka.Kafka", Path.Combine(folder, "server.properties"));

    private protected override LocalBroker Another(string[] added) => new KafkaBroker(release, _scratch, [.. properties, .. added]);

    /// <summary>A broker whose id is still registered by its dead session does not start: it takes a short session to be killed.</summary>
    private protected override void AwaitForgotten(CancellationToken cancellation)
    {
        long giveUp = LoadClock.Now + LoadClock.Nanoseconds(ForgottenTimeMax);
        while (_zooKeeper is not null && ZooKeeperDump.Read(_zooKeeperPort).Contains("/brokers/ids/", StringComparison.Ordinal))
        {
            TopicAccess.WaitOrGiveUp(giveUp, "ZooKeeper does not forget a killed broker", cancellation);
        }
    }

    private void PrepareOnZooKeeper(string folder, int port, CancellationToken cancellation)
    {
        _zooKeeperPort = BrokerAddress.FreePort();
        string zooKeeperConfig = Write(folder, "zookeeper.cfg",
        [
            $"dataDir={Path.Combine(folder, "zookeeper")}", "clientPortAddress=127.0.0.1", $"clientPort={_zooKeeperPort}",
            "admin.enableServer=false", "tickTime=2000", $"maxSessionTimeout={SessionMs}",
            $"4lw.commands.whitelist={ZooKeeperDump.Command}",
        ]);
        _zooKeeper = Java(
            folder, "zookeeper.log", ["-Xmx256m"], "org.apache.zookeeper.server.quorum.QuorumPeerMain", zooKeeperConfig);
        WaitForPort(_zooKeeperPort, _zooKeeper, cancellation);
        Write(folder, "server.properties",
        [
            .. CommonProperties(port), "broker.id=0", $"zookeeper.connect=127.0.0.1:{_zooKeeperPort}",
            $"zookeeper.session.timeout.ms={SessionMs}", $"listeners=PLAINTEXT://127.0.0.1:{port}", .. properties,
        ]);
    }

    private void PrepareAlone(string folder, int port)
    {
        int controllerPort = BrokerAddress.FreePort();
        string config = Write(folder, "server.properties",
        [
            .. CommonProperties(port), "node.id=0", "process.roles=broker,controller",
            $"controller.quorum.bootstrap.servers=127.0.0.1:{controllerPort}", "controller.listener.names=CONTROLLER",
            "listener.security.protocol.map=PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT",
            $"broker.session.timeout.ms={SessionMs}",
            $"listeners=PLAINTEXT://127.0.0.1:{port},CONTROLLER://127.0.0.1:{controllerPort}", .. properties,
        ]);
        string clusterId = Convert.ToBase64String(Guid.NewGuid().ToByteArray())[..22].Replace('+', '-').Replace('/', '_');
        using ChildProcess format = Java(
            folder, "format.log", [], "kafka.tools.StorageTool", "format", "--standalone", "-t", clusterId, "-c", config);
        format.WaitForSuccess(TimeSpan.FromSeconds(60));
    }

    private string[] CommonProperties(int port) =>
    [
        $"log.dirs={DataFolder}", $"advertised.listeners=PLAINTEXT://127.0.0.1:{port}",
        "offsets.topic.replication.factor=1", "transaction.state.log.replication.factor=1",
        "transaction.state.log.min.isr=1", "log.segment.delete.delay.ms=500",
    ];

    private static void WaitForPort(int port, ChildProcess program, CancellationToken cancellation)
    {
        long giveUp = LoadClock.Now + LoadClock.Nanoseconds(TimeSpan.FromSeconds(60));
        while (!BrokerAddress.IsListening(port))
        {
            if (program.HasExited)
            {
                throw new LoadException($"ZooKeeper ended while it started:\n{program.LastOutput()}");
            }

            TopicAccess.WaitOrGiveUp(giveUp, $"ZooKeeper does not answer:\n{program.LastOutput()}", cancellation);
        }
    }

    private ChildProcess Java(string folder, string output, string[] options, string mainClass, params string[] arguments) =>
        new(folder, Path.Combine(folder, output), "java",
        [
            .. options, $"-Dlog4j.configuration=file:{folder}/log4j.properties",
            $"-Dlog4j2.configurationFile={folder}/log4j2.properties", "-cp", release.Libs + "/*", mainClass, .. arguments,
        ]);

    private static string Write(string folder, string name, string[] lines)
    {
        string path = Path.Combine(folder, name);
        File.WriteAllLines(path, lines);
        return path;
    }

    /// <summary>Warnings only, to the program's output: Kafka 3 logs by log4j 1, Kafka 4 by log4j 2.</summary>
    private static void WriteLogConfigs(string folder)
    {
        Write(folder, "log4j.properties",
        [
            "log4j.rootLogger=WARN, stdout", "log4j.appender.stdout=org.apache.log4j.ConsoleAppender",
            "log4j.appender.stdout.layout=org.apache.log4j.PatternLayout",
            "log4j.appender.stdout.layout.ConversionPattern=%d %p %m (%c)%n",
        ]);
        Write(folder, "log4j2.properties",
        [
            "status=error", "appender.stdout.type=Console", "appender.stdout.name=stdout",
            "appender.stdout.layout.type=PatternLayout", "appender.stdout.layout.pattern=%d %p %m (%c)%n",
            "rootLogger.level=WARN", "rootLogger.appenderRef.stdout.ref=stdout",
        ]);
    }
}
