using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;

namespace KLog.Conformance.Broker;

/// <summary>
/// The broker that a collection of tests talks to, on a free loopback port with a temporary folder. It is KLog, or,
/// when CONFORMANCE_BROKER says <c>kafka-3.9.2</c> or <c>kafka-4.3.1</c>, a real Kafka: every test here must pass
/// on both, and where they disagree Kafka is right.
/// </summary>
public class BrokerUnderTest : IAsyncLifetime
{
    private static readonly TimeSpan StartLimit = TimeSpan.FromSeconds(120);

    private readonly List<ServerProcess> _processes = [];
    private ServerProcess? _broker;

    public static string Kind { get; } = Environment.GetEnvironmentVariable("CONFORMANCE_BROKER") is { Length: > 0 } kind ? kind : "klog";

    public static bool IsKLog => Kind == "klog";

    public int Port { get; private set; }

    /// <summary>host:port, as clients want it.</summary>
    public string Address => $"127.0.0.1:{Port}";

    /// <summary>The broker's node id.</summary>
    public int BrokerId { get; private set; }

    /// <summary>The temporary folder; the log folder lies in it.</summary>
    public string Folder { get; } = Directory.CreateTempSubdirectory("klog-conformance-").FullName;

    public string LogDir => Path.Combine(Folder, "log");

    /// <summary>What it gets as log.dirs.</summary>
    public virtual IReadOnlyList<string> LogDirs => [LogDir];

    /// <summary>
    /// Properties, as name=value, beyond what it needs to run: groups do not wait for members that nobody starts, and
    /// consumers learn quickly what others do.
    /// </summary>
    public virtual IReadOnlyList<string> Settings =>
    [
        "group.initial.rebalance.delay.ms=0", "group.consumer.heartbeat.interval.ms=200", "group.consumer.min.heartbeat.interval.ms=200",
    ];

    /// <summary>What the broker has printed.</summary>
    public string Output => Running.Output;

    internal ServerProcess Running => _broker ?? throw new InvalidOperationException("the broker is not started");

    /// <summary>Which of the kinds this one is.</summary>
    protected virtual string Make => Kind;

    public virtual async Task InitializeAsync()
    {
        try
        {
            await StartAsync();
        }
        catch
        {
            // xunit does not dispose of what failed to start.
            await StopAllAsync();
            throw;
        }
    }

    public virtual async Task DisposeAsync()
    {
        bool ended = await Running.StopAsync();
        string output = Running.Output;
        int exitCode = Running.ExitCode;
        await StopAllAsync();
        Assert.True(ended, $"the broker did not end on SIGTERM:\n{output}");
        // A JVM that ends on a signal says so by its exit code.
        Assert.True(exitCode is 0 or 143, $"the broker ended with exit code {exitCode}:\n{output}");
    }

    public static int FreePort()
    {
        using TcpListener listener = new(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }

    private async Task StopAllAsync()
    {
        foreach (ServerProcess process in Enumerable.Reverse(_processes))
        {
            await process.DisposeAsync();
        }

        Directory.Delete(Folder, recursive: true);
    }

    private async Task StartAsync()
    {
        Port = FreePort();
        string[] start = Make switch
        {
            "klog" => KLogLaunch.Prepare(this),
            "kafka-3.9.2" => await KafkaLaunch.PrepareOnZooKeeperAsync(this, _processes),
            "kafka-4.3.1" => await KafkaLaunch.PrepareOnKRaftAsync(this),
            _ => throw new InvalidOperationException($"CONFORMANCE_BROKER={Kind}: klog, kafka-3.9.2 and kafka-4.3.1 are known"),
        };
        _broker = new ServerProcess(start[0], start[1..], Folder);
        _processes.Add(_broker);
        await AwaitReadyAsync();
    }

    private async Task AwaitReadyAsync()
    {
        long end = Environment.TickCount64 + (long)StartLimit.TotalMilliseconds;
        while (Environment.TickCount64 < end)
        {
            if (Running.HasExited)
            {
                throw new InvalidOperationException($"the broker ended with exit code {Running.ExitCode}:\n{Running.Output}");
            }

            if (await HasBrokersAsync())
            {
                return;
            }

            await Task.Delay(50);
        }

        throw new TimeoutException($"the broker was not ready after {StartLimit.TotalSeconds:0} s:\n{Running.Output}");
    }

    /// <summary>
    /// Asks for the metadata of no topic. Written by hand, so that a broker of any make counts as ready by the same
    /// bytes: size, api key 3, version 4, correlation id, no client id, no topics, no creation.
    /// </summary>
    private async Task<bool> HasBrokersAsync()
    {
        try
        {
            using TcpClient client = new();
            await client.ConnectAsync(IPAddress.Loopback, Port);
            NetworkStream stream = client.GetStream();
            await stream.WriteAsync(new byte[] { 0, 0, 0, 15, 0, 3, 0, 4, 0, 0, 0, 1, 0xff, 0xff, 0, 0, 0, 0, 0 });
            byte[] start = new byte[20];
            using CancellationTokenSource limit = new(TimeSpan.FromSeconds(5));
            await stream.ReadExactlyAsync(start, limit.Token);
            BrokerId = BinaryPrimitives.ReadInt32BigEndian(start.AsSpan(16));
            return BinaryPrimitives.ReadInt32BigEndian(start.AsSpan(12)) > 0;
        }
        catch (Exception e) when (e is IOException or SocketException or OperationCanceledException)
        {
            return false;
        }
    }
}
