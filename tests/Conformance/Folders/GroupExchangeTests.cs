using KLog.Conformance.Broker;
using KLog.Conformance.Java;
using KLog.Conformance.Programs;

namespace KLog.Conformance.Folders;

/// <summary>
/// A folder of Kafka 3.9.2 with groups goes to KLog and back: no offset is lost, none comes back that was deleted or aborted.
/// </summary>
[Collection(JvmCollection.Name)]
public sealed class GroupExchangeTests(JavaShells shells) : IAsyncLifetime
{
    private const string Version = "3.9.2";

    private readonly string _root = Directory.CreateTempSubdirectory("klog-groups-").FullName;
    private readonly List<FolderServer> _servers = [];

    public Task InitializeAsync() => Task.CompletedTask;

    public async Task DisposeAsync()
    {
        foreach (FolderServer server in Enumerable.Reverse(_servers))
        {
            await server.DisposeAsync();
        }

        Directory.Delete(_root, recursive: true);
    }

    [NeedsFact(Program.Kafka)]
    public async Task Offsets_go_from_Kafka_to_KLog_and_back()
    {
        string folder = Directory.CreateDirectory(Path.Combine(_root, "log")).FullName;
        (FolderServer zooKeeper, int zooKeeperPort) = await FolderServer.StartZooKeeperAsync(_root);
        _servers.Add(zooKeeper);
        FolderServer kafka = Started(await FolderServer.StartKafkaAsync(_root, zooKeeperPort, folder));
        await RunAsync("GroupsWrite", kafka.Address, Manifest("kafka"), "kafka-", "transactions");
        await RunAsync("GroupsRead", kafka.Address, Manifest("kafka"));
        await kafka.StopAsync();

        (await ProgramRun.RunAsync(KLogLaunch.Program, "adopt", "--override", $"log.dirs={folder}", "--override", "broker.id=0"))
            .Succeeded().Printed("adopted").DidNotPrint("refused:");
        FolderServer klog = Started(await FolderServer.StartKLogAsync(_root, folder));
        await RunAsync("GroupsRead", klog.Address, Manifest("kafka"));
        await RunAsync("GroupsWrite", klog.Address, Manifest("klog"), "klog-", "plain");
        await klog.KillAsync();
        klog = Started(await FolderServer.StartKLogAsync(_root, folder));
        await RunAsync("GroupsRead", klog.Address, Manifest("kafka"), Manifest("klog"));
        Assert.DoesNotContain("passed over", klog.Output, StringComparison.Ordinal);
        await klog.StopAsync();
        (await ProgramRun.RunAsync(KLogLaunch.Program, "verify", "--records", folder)).Succeeded().Printed("no damage");

        kafka = Started(await FolderServer.StartKafkaAsync(_root, zooKeeperPort, folder));
        await RunAsync("GroupsRead", kafka.Address, Manifest("kafka"), Manifest("klog"));
        await kafka.StopAsync();
        Assert.DoesNotContain("ERROR", kafka.Output, StringComparison.Ordinal);
    }

    private async Task RunAsync(string scenario, params string[] arguments) =>
        (await shells.RunAsync(Version, scenario, arguments)).Succeeded();

    private FolderServer Started(FolderServer server)
    {
        _servers.Add(server);
        return server;
    }

    private string Manifest(string name) => Path.Combine(_root, $"{name}.manifest");
}
