using KLog.Broker.Adoption;
using KLog.Broker.Configuration;
using KLog.Broker.Storage;
using KLog.Coordination.Embedded;
using KLog.Coordination.Registries;
using KLog.Protocol;
using KLog.Protocol.Records;
using Microsoft.Extensions.Logging.Abstractions;

namespace KLog.Broker.Tests.Adoption;

public sealed class FolderAdoptionTests : IDisposable
{
    private static readonly Guid Id = new("01020304-0506-0708-090a-0b0c0d0e0f10");

    private readonly string _folder = Directory.CreateTempSubdirectory("klog-adoption-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task Folders_of_another_broker_become_topics_and_stay_as_they_are()
    {
        await MakeFolderAsync();
        Dictionary<string, byte[]> before = Content();
        AdoptionStep planned = Assert.Single(await AdoptAsync(isDryRun: true));
        Assert.NotNull(planned.Topic);
        Assert.Equal(before, Content());

        AdoptionStep step = Assert.Single(await AdoptAsync(isDryRun: false, ("orders", "cleanup.policy", "compact")));
        Assert.Equal(Id, step.Topic!.Assignment.TopicId);
        Assert.Equal(before, Content());
        Assert.True(Assert.Single(await AdoptAsync(isDryRun: false)).IsKnown);
        await using EmbeddedTree tree = EmbeddedTree.Open(_folder, TimeProvider.System);
        EmbeddedSession session = tree.Connect();
        TopicAssignment topic = (await new TopicRegistry(session).FindAsync("orders"))!;
        Assert.Equal((Id, 2), (topic.TopicId, topic.Partitions.Count));
        Assert.Equal([7], topic.Partitions[1].Replicas);
        PartitionState state = (await new PartitionStateRegistry(session).FindAsync(new TopicPartition("orders", 1)))!;
        Assert.Equal((7, 5), (state.Leader, state.LeaderEpoch));
        Assert.Equal("compact", (await new ConfigRegistry(session).GetAsync(ConfigRegistry.Topics, "orders"))["cleanup.policy"]);
        Assert.Equal("zz_m9urkTIa-9FfJc6jlLA", await new ClusterIdRegistry(session).GetOrCreateAsync("other"));
    }

    [Fact]
    public async Task Nothing_is_adopted_while_a_broker_uses_the_folder()
    {
        await MakeFolderAsync();
        await using LogStore store = OpenStore();
        StartupException refusal = await Assert.ThrowsAsync<StartupException>(() => AdoptAsync(isDryRun: true));
        Assert.Contains("in use by another process", refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_config_that_is_not_valid_and_another_brokers_folder_are_refused()
    {
        await MakeFolderAsync();
        await Assert.ThrowsAsync<StartupException>(() => AdoptAsync(isDryRun: false, ("orders", "cleanup.policy", "sell")));
        StartupException refusal = await Assert.ThrowsAsync<StartupException>(() => AdoptAsync(isDryRun: false, brokerId: "8"));
        Assert.Contains("belong to broker 7, and not to broker 8", refusal.Message, StringComparison.Ordinal);
    }

    private async Task MakeFolderAsync()
    {
        await using LogStore store = OpenStore();
        store.Claim(7, "zz_m9urkTIa-9FfJc6jlLA");
        for (int partition = 0; partition < 2; partition++)
        {
            using RecordBatchBuilder builder = new();
            builder.Append(1, "k"u8.ToArray(), "v"u8.ToArray());
            PartitionLog log = store.Create(new TopicPartition("orders", partition), Id, LogConfig.Default);
            Assert.Equal(ErrorCode.None, log.AppendAsLeader(builder.ToArray(), 4, AppendOrigin.Client).Error);
        }
    }

    private LogStore OpenStore() =>
        LogStore.Open(new LogStoreOptions { Directories = [_folder] }, TimeProvider.System, NullLogger.Instance);

    private Task<IReadOnlyList<AdoptionStep>> AdoptAsync(bool isDryRun, params (string Topic, string Name, string Value)[] configs) =>
        AdoptAsync(isDryRun, "-1", configs);

    private Task<IReadOnlyList<AdoptionStep>> AdoptAsync(bool isDryRun, string brokerId, params (string Topic, string Name, string Value)[] configs)
    {
        BrokerConfig config = BrokerConfigFile.FromProperties(new Dictionary<string, string> { ["log.dirs"] = _folder, ["broker.id"] = brokerId });
        return FolderAdoption.RunAsync(
            config,
            new AdoptionOptions(isDryRun, FillGaps: false, configs.ToDictionary(
                each => each.Topic, each => (IReadOnlyDictionary<string, string>)new Dictionary<string, string> { [each.Name] = each.Value })),
            TimeProvider.System,
            CancellationToken.None);
    }

    /// <summary>All files but the tree's.</summary>
    private Dictionary<string, byte[]> Content() => Directory.GetFiles(_folder, "*", SearchOption.AllDirectories)
        .Where(file => !Path.GetFileName(file).StartsWith("klog-tree.", StringComparison.Ordinal))
        .ToDictionary(file => file, File.ReadAllBytes);
}
