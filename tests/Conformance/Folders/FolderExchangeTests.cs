using KLog.Conformance.Broker;
using KLog.Conformance.Java;
using KLog.Conformance.Programs;
using KLog.Conformance.Wire;
using KLog.Protocol.Messages;

namespace KLog.Conformance.Folders;

/// <summary>
/// Data folders go from Kafka 3.9.2 to KLog and from KLog to Kafka, after clean stops and after kill -9: every record stays
/// at its offset, producing goes on, and each side's checks find nothing.
/// </summary>
[Collection(JvmCollection.Name)]
public sealed class FolderExchangeTests(JavaShells shells) : IAsyncLifetime
{
    private const string Version = "3.9.2";
    private const string DumpLog = "kafka.tools.DumpLogSegments";

    private readonly string _root = Directory.CreateTempSubdirectory("klog-folders-").FullName;
    private readonly List<IAsyncDisposable> _servers = [];

    public Task InitializeAsync() => Task.CompletedTask;

    public async Task DisposeAsync()
    {
        foreach (IAsyncDisposable server in Enumerable.Reverse(_servers))
        {
            await server.DisposeAsync();
        }

        Directory.Delete(_root, recursive: true);
    }

    [NeedsFact(Program.Kafka)]
    public async Task Folders_go_from_Kafka_to_KLog_and_back()
    {
        (string byKafka, string killedKafka) = (Folder("kafka"), Path.Combine(_root, "killed-kafka"));
        (string closed, string killed) = (Folder("klog-closed"), Folder("klog-killed"));
        (FolderServer zooKeeper, int zooKeeperPort) = await FolderServer.StartZooKeeperAsync(_root);
        _servers.Add(zooKeeper);

        FolderServer kafka = Started(await FolderServer.StartKafkaAsync(_root, zooKeeperPort, byKafka));
        await WriteAsync(kafka, "kafka", "transactions");
        await AwaitCompactionAsync(Path.Combine(byKafka, "kafka-compacted-0"));
        await kafka.KillAsync();
        Copy(byKafka, killedKafka);
        File.Copy(Manifest("kafka"), Manifest("killed-kafka"));

        await WriteByKLogAsync(byKafka, closed, "closed", server => server.StopAsync());
        await WriteByKLogAsync(byKafka, killed, "killed", server => server.KillAsync());
        await KafkaReadsFilesOfAsync(closed);
        await KafkaReadsFilesOfAsync(killed);
        await ZooKeeperTopics.RegisterAsync(zooKeeperPort, closed, killed);

        kafka = Started(await FolderServer.StartKafkaAsync(_root, zooKeeperPort, byKafka, closed, killed));
        foreach (string prefix in new[] { "closed", "killed", "kafka" })
        {
            await ReadAsync(kafka, prefix);
        }

        await WriteAsync(kafka, "closed", "transactions");
        await WriteAsync(kafka, "killed", "plain");
        await kafka.StopAsync();
        foreach (string complaint in new[] { "ERROR", "orrupt", "Found invalid", "Could not find", "truncat" })
        {
            Assert.DoesNotContain(complaint, kafka.Output, StringComparison.Ordinal);
        }

        await KLogServesAsync([killedKafka], "killed-kafka");
        await KLogServesAsync([byKafka, closed, killed], "kafka", "closed", "killed");
    }

    [NeedsFact(Program.Kafka)]
    public async Task Segments_of_magic_0_and_1_are_recovered_and_served_unconverted()
    {
        string folder = Folder("old");
        (await shells.RunAsync("2.1.1", "OldSegments", [folder, Manifest("old")])).Succeeded();
        string[] segments = Directory.GetFiles(folder, "*.log", SearchOption.AllDirectories);
        Assert.Equal(2, segments.Length);
        byte[] magic0 = await File.ReadAllBytesAsync(Path.Combine(folder, "old0-0", "00000000000000000000.log"));
        foreach (string segment in segments)
        {
            // What a kill -9 may leave: the beginning of one more message, whose CRC does not fit.
            byte[] whole = await File.ReadAllBytesAsync(segment);
            byte[] torn = whole[..200];
            torn[30] ^= 1;
            await File.WriteAllBytesAsync(segment, [.. whole, .. torn]);
        }

        await AdoptAsync(folder);
        FolderServer klog = Started(await FolderServer.StartKLogAsync(_root, folder));
        await ReadAsync(klog, "old");
        using (WireClient client = new(klog.Port))
        {
            FetchResponse fetched = await client.SendAsync(Batches.Fetch(new Topic("old0", Guid.Empty), 0), 4);
            Assert.Equal(magic0, fetched.Responses[0].Partitions[0].Records!.Value.Bytes.ToArray());
        }

        await klog.StopAsync();
        await VerifyAsync(folder);
    }

    /// <summary>A folder of the cluster that Kafka's belongs to, written by KLog.</summary>
    private async Task WriteByKLogAsync(string byKafka, string folder, string prefix, Func<FolderServer, Task> end)
    {
        File.Copy(Path.Combine(byKafka, "meta.properties"), Path.Combine(folder, "meta.properties"));
        FolderServer klog = Started(await FolderServer.StartKLogAsync(_root, folder));
        await WriteAsync(klog, prefix, "plain");
        await end(klog);
        await VerifyAsync(folder);
    }

    private async Task KafkaReadsFilesOfAsync(string folder)
    {
        string[] files =
        [
            .. Directory.GetFiles(folder, "*", SearchOption.AllDirectories)
                .Where(file => Path.GetExtension(file) is ".log" or ".index" or ".timeindex" or ".snapshot"),
        ];
        Assert.Contains(files, file => file.EndsWith(".timeindex", StringComparison.Ordinal));
        string[] indexes = [.. files.Where(file => file.EndsWith("index", StringComparison.Ordinal))];
        (string Mode, string[] Files)[] runs =
            [("--deep-iteration", files), ("--index-sanity-check", indexes), ("--verify-index-only", indexes)];
        foreach ((string mode, string[] of) in runs)
        {
            (await shells.RunAsync(Version, DumpLog, [mode, "--files", string.Join(',', of)])).Succeeded()
                .DidNotPrint("Exception").DidNotPrint("ismatch").DidNotPrint("isvalid: false").DidNotPrint("out of order").DidNotPrint("not found");
        }
    }

    private async Task KLogServesAsync(string[] logDirs, params string[] prefixes)
    {
        await VerifyAsync(logDirs);
        await AdoptAsync(logDirs);
        FolderServer klog = Started(await FolderServer.StartKLogAsync(_root, logDirs));
        foreach (string prefix in prefixes)
        {
            await ReadAsync(klog, prefix);
        }

        string topics = prefixes[0] == "killed-kafka" ? "kafka" : prefixes[0];
        await WriteAsync(klog, topics, "plain", Manifest(prefixes[0]));
        await ReadAsync(klog, prefixes[0]);
        await klog.StopAsync();
        await VerifyAsync(logDirs);
    }

    private static async Task AdoptAsync(params string[] logDirs)
    {
        ProgramResult adopted = await ProgramRun.RunAsync(
            KLogLaunch.Program, "adopt", "--override", $"log.dirs={string.Join(',', logDirs)}", "--override", "broker.id=0");
        adopted.Succeeded().Printed("adopted").DidNotPrint("refused:");
    }

    private static async Task VerifyAsync(params string[] logDirs)
    {
        ProgramResult verified = await ProgramRun.RunAsync(KLogLaunch.Program, ["verify", "--records", .. logDirs]);
        verified.Succeeded().Printed("no damage");
    }

    private Task WriteAsync(FolderServer server, string prefix, string kind) => WriteAsync(server, prefix, kind, Manifest(prefix));

    private async Task WriteAsync(FolderServer server, string prefix, string kind, string manifest) =>
        (await shells.RunAsync(Version, "FolderWrite", [server.Address, manifest, $"{prefix}-", kind])).Succeeded();

    private async Task ReadAsync(FolderServer server, string prefix) =>
        (await shells.RunAsync(Version, "FolderRead", [server.Address, Manifest(prefix)])).Succeeded();

    private static async Task AwaitCompactionAsync(string folder)
    {
        for (long end = Environment.TickCount64 + 20_000; Environment.TickCount64 < end; await Task.Delay(50))
        {
            string checkpoint = Path.Combine(Path.GetDirectoryName(folder)!, "cleaner-offset-checkpoint");
            if (File.Exists(checkpoint) && (await File.ReadAllTextAsync(checkpoint)).Contains("kafka-compacted", StringComparison.Ordinal))
            {
                return;
            }
        }

        Assert.Fail("Kafka did not compact its topic");
    }

    private FolderServer Started(FolderServer server)
    {
        _servers.Add(server);
        return server;
    }

    private string Folder(string name) => Directory.CreateDirectory(Path.Combine(_root, name)).FullName;

    private string Manifest(string name) => Path.Combine(_root, $"{name}.manifest");

    private static void Copy(string from, string to)
    {
        foreach (string file in Directory.GetFiles(from, "*", SearchOption.AllDirectories))
        {
            string target = Path.Combine(to, Path.GetRelativePath(from, file));
            Directory.CreateDirectory(Path.GetDirectoryName(target)!);
            File.Copy(file, target);
        }
    }
}
