using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using KLog.Coordination.ZooKeeper;
using KLog.Coordination.ZooKeeper.Wire;
using KLog.Tests;
using Microsoft.Extensions.Logging.Abstractions;

namespace KLog.Coordination.Tests.ZooKeeper;

/// <summary>
/// A real ZooKeeper out of Kafka 3.9.2's jars, one process for all the tests that want it: a plain port that takes SASL, and
/// a port for TLS with client certificates. Started by the first test that needs it.
/// </summary>
public sealed class ZooKeeperServer : IAsyncLifetime
{
    public const string Collection = "ZooKeeper";
    public static readonly SaslCredentials User = new("broker", "sec\"ret");

    private readonly string _folder = Directory.CreateTempSubdirectory("klog-zookeeper-").FullName;
    private Process? _process;
    private int _chroots;

    public ServerAddress Plain { get; } = new("127.0.0.1", FreePort());

    public ServerAddress Secure { get; } = new("127.0.0.1", FreePort());

    public TestCertificates Certificates { get; } = new();

    /// <summary>Sees to it that the server runs.</summary>
    public async Task NeedAsync()
    {
        if (_process is null)
        {
            await StartAsync();
        }
    }

    /// <summary>Options for a tree of its own.</summary>
    public ZooKeeperOptions NewTree(double timeoutSeconds = 6) => new()
    {
        Servers = new ConnectString([Plain], $"/tests/t{Interlocked.Increment(ref _chroots)}"),
        CreateChroot = true,
        SessionTimeout = TimeSpan.FromSeconds(timeoutSeconds),
        ConnectionTimeout = TimeSpan.FromSeconds(20),
    };

    public static Task<ZooKeeperTree> ConnectAsync(ZooKeeperOptions options) =>
        ZooKeeperTree.ConnectAsync(options, TimeProvider.System, new Random(1), NullLogger.Instance);

    internal static Task<ZooKeeperTree> ConnectAsync(ZooKeeperOptions options, IZooKeeperTransport transport) =>
        ZooKeeperTree.ConnectAsync(options, transport, TimeProvider.System, new Random(1), NullLogger.Instance);

    /// <summary>Takes a session over with its password, and closes it.</summary>
    public async Task ExpireAsync(ZooKeeperTree session)
    {
        using var client = new TcpClient();
        await client.ConnectAsync(Plain.Host, Plain.Port);
        NetworkStream stream = client.GetStream();
        byte[] both = [.. ConnectAnswer.Request(0, 6000, session.SessionId, session.SessionPassword), .. RequestFrame.Of(OpCode.CloseSession, xid: 1)];
        await stream.WriteAsync(both);
        await stream.CopyToAsync(Stream.Null).WaitAsync(TimeSpan.FromSeconds(20));
    }

    public async Task StartAsync()
    {
        Certificates.Write(_folder);
        await File.WriteAllTextAsync(Path.Combine(_folder, "zoo.cfg"), $"""
            tickTime=500
            dataDir={_folder}/data
            clientPortAddress=127.0.0.1
            clientPort={Plain.Port}
            secureClientPortAddress=127.0.0.1
            secureClientPort={Secure.Port}
            serverCnxnFactory=org.apache.zookeeper.server.NettyServerCnxnFactory
            ssl.keyStore.location={_folder}/server.pem
            ssl.trustStore.location={_folder}/ca.pem
            admin.enableServer=false
            """);
        await File.WriteAllTextAsync(
            Path.Combine(_folder, "jaas.conf"), """Server { org.apache.zookeeper.server.auth.DigestLoginModule required user_broker="sec\"ret"; };""");
        string[] arguments =
        [
            "-Xmx96m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", "-Dzookeeper.forceSync=no", "-Djava.awt.headless=true",
            $"-Djava.security.auth.login.config={_folder}/jaas.conf",
            "-Dzookeeper.authProvider.1=org.apache.zookeeper.server.auth.SASLAuthenticationProvider",
            "-cp", Path.Combine(KafkaHome.Folder!, "3.9.2", "*"), "org.apache.zookeeper.server.quorum.QuorumPeerMain", Path.Combine(_folder, "zoo.cfg"),
        ];
        _process = Process.Start(new ProcessStartInfo("java", arguments) { RedirectStandardOutput = true, RedirectStandardError = true })!;
        _process.OutputDataReceived += static (_, _) => { };
        _process.ErrorDataReceived += static (_, _) => { };
        _process.BeginOutputReadLine();
        _process.BeginErrorReadLine();
        await using ZooKeeperTree tree = await ConnectAsync(NewTree() with { Servers = new ConnectString([Plain], "/tests"), ConnectionTimeout = TimeSpan.FromSeconds(60) });
    }

    /// <summary>kill -9: what was answered must be there all the same.</summary>
    public void Kill()
    {
        _process!.Kill();
        _process.WaitForExit();
        _process.Dispose();
        _process = null;
    }

    public void Pause() => Signal("STOP");

    public void Resume() => Signal("CONT");

    public Task InitializeAsync() => Task.CompletedTask;

    public Task DisposeAsync()
    {
        if (_process is not null)
        {
            Kill();
        }

        Directory.Delete(_folder, recursive: true);
        return Task.CompletedTask;
    }

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }

    private void Signal(string name)
    {
        using Process kill = Process.Start("kill", [$"-{name}", $"{_process!.Id}"]);
        kill.WaitForExit();
    }
}

[CollectionDefinition(ZooKeeperServer.Collection)]
public sealed class ZooKeeperCollection : ICollectionFixture<ZooKeeperServer>;
