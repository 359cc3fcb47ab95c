using System.Net;
using KLog.Broker.Configuration;
using KLog.Broker.Handlers;
using KLog.Broker.Metadata;
using KLog.Broker.Network;
using KLog.Broker.Requests;
using KLog.Broker.Storage;
using KLog.Coordination;
using KLog.Coordination.Embedded;
using KLog.Coordination.Registries;
using KLog.Protocol;
using KLog.Protocol.Messages;
using KLog.Protocol.Wire;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using DescribeResult = KLog.Protocol.Messages.DescribeConfigsResponse.DescribeConfigsResult;
using Entry = KLog.Protocol.Messages.DescribeConfigsResponse.DescribeConfigsResult.DescribeConfigsResourceResult;
using Incremental = KLog.Protocol.Messages.IncrementalAlterConfigsRequest.AlterConfigsResource;
using Whole = KLog.Protocol.Messages.AlterConfigsRequest.AlterConfigsResource;

namespace KLog.Broker.Tests.Configuration;

/// <summary>The config handlers over a tree in memory, with broker 3, one topic "orders" and its log, and no group.</summary>
public abstract class ConfigHandlersFixture : IAsyncLifetime
{
    protected const sbyte Topic = (sbyte)ConfigResourceType.Topic;
    protected const sbyte Broker = (sbyte)ConfigResourceType.Broker;
    protected const sbyte Logger = (sbyte)ConfigResourceType.BrokerLogger;
    protected const sbyte Group = (sbyte)ConfigResourceType.Group;

    private readonly string _folder = Directory.CreateTempSubdirectory("klog-configs-").FullName;
    private readonly EmbeddedTree _tree = EmbeddedTree.InMemory(TimeProvider.System);
    private readonly ClusterView _view = new();
    private ConfigRegistry _registry = null!;
    private DynamicConfigs _dynamic = null!;
    private LogStore _logs = null!;

    protected LogLevels Levels { get; } = new(LogLevel.Information);

    protected LiveBrokerConfig Live { get; private set; } = NewLive();

    private protected ConfigRegistry Registry => _registry;

    private protected GroupConfigs Groups => _dynamic.Groups;

    protected LogConfig LogConfig => _logs.Find(new TopicPartition("orders", 0))!.Config;

    public async Task InitializeAsync()
    {
        EmbeddedSession session = _tree.Connect();
        foreach (string path in Paths.MadeAtStart)
        {
            await session.EnsureAsync(path);
        }

        _registry = new ConfigRegistry(session);
        _view.Publish(new ClusterSnapshot("c", 3, [new BrokerNode(3, null, new Dictionary<string, (string, int)>())])
            .With([new TopicState("orders", Guid.NewGuid(), [])]));
        Levels.CreateLogger("network.listener");
        _logs = LogStore.Open(new LogStoreOptions { Directories = [_folder] }, TimeProvider.System, NullLogger.Instance);
        _logs.Create(new TopicPartition("orders", 0), Guid.NewGuid(), LogConfig.Default);
        await RestartAsync();
    }

    public async Task DisposeAsync()
    {
        await _dynamic.DisposeAsync();
        await _logs.DisposeAsync();
        await _tree.DisposeAsync();
        Directory.Delete(_folder, recursive: true);
    }

    /// <summary>What a broker that starts on the same tree makes of it.</summary>
    protected async Task RestartAsync()
    {
        Live = NewLive();
        _dynamic = new DynamicConfigs(_registry, Live, 3, TimeProvider.System, NullLogger.Instance);
        await _dynamic.StartAsync(_logs);
    }

    protected async Task<DescribeResult> DescribeAsync(sbyte type, string name, short version = 4, params string[] keys)
    {
        DescribeConfigsHandler handler = new(_view, Live, _dynamic, Levels);
        DescribeConfigsResponse response = await handler.HandleAsync(
            new DescribeConfigsRequest
            {
                Resources = [new() { ResourceType = type, ResourceName = name, ConfigurationKeys = keys.Length == 0 ? null : keys }],
                IncludeSynonyms = true,
                IncludeDocumentation = true,
            },
            Context(ApiKey.DescribeConfigs, version));
        Send(response, version);
        DescribeResult result = Assert.Single(response.Results);
        Assert.Equal((type, name), (result.ResourceType, result.ResourceName));
        return result;
    }

    protected async Task<Entry> EntryAsync(sbyte type, string name, string key) => Assert.Single((await DescribeAsync(type, name, 4, key)).Configs);

    /// <summary>The error as kafka-configs would print it, or "ok".</summary>
    protected async Task<string> AlterAsync(sbyte type, string name, string config, string? value, ConfigOperation operation = ConfigOperation.Set, bool validateOnly = false)
    {
        Incremental resource = new()
        {
            ResourceType = type,
            ResourceName = name,
            Configs = [new() { Name = config, ConfigOperation = (sbyte)operation, Value = value }],
        };
        return (await IncrementalAsync(validateOnly, resource))[0];
    }

    protected async Task<string[]> IncrementalAsync(bool validateOnly, params Incremental[] resources)
    {
        IncrementalAlterConfigsResponse response = await new IncrementalAlterConfigsHandler(Changes).HandleAsync(
            new IncrementalAlterConfigsRequest { Resources = resources, ValidateOnly = validateOnly }, Context(ApiKey.IncrementalAlterConfigs, 1));
        Send(response, 0);
        Send(response, 1);
        return [.. response.Responses.Select(each => Outcome(each.ErrorCode, each.ErrorMessage))];
    }

    protected async Task<string> ReplaceAsync(sbyte type, string name, params (string Name, string? Value)[] configs)
    {
        Whole resource = new() { ResourceType = type, ResourceName = name, Configs = [.. configs.Select(config => new Whole.AlterableConfig { Name = config.Name, Value = config.Value })] };
        AlterConfigsResponse response = await new AlterConfigsHandler(Changes).HandleAsync(
            new AlterConfigsRequest { Resources = [resource] }, Context(ApiKey.AlterConfigs, 2));
        Send(response, 0);
        Send(response, 2);
        return Outcome(response.Responses[0].ErrorCode, response.Responses[0].ErrorMessage);
    }

    protected async Task<ListConfigResourcesResponse> ListAsync(short version, params sbyte[] types) => Send(
        await new ListConfigResourcesHandler(_view, _dynamic.Groups).HandleAsync(new ListConfigResourcesRequest { ResourceTypes = types }, Context(ApiKey.ListConfigResources, version)), version);

    private ConfigChanges Changes => new(_view, Live, _dynamic, Levels);

    /// <summary>Writes the response as a connection would, which a field that the version lacks does not survive.</summary>
    private static T Send<T>(T response, short version)
        where T : IMessage<T>
    {
        using WireWriter writer = new();
        response.Write(writer, version);
        return response;
    }

    private static LiveBrokerConfig NewLive() => new(BrokerConfigFile.Load(null, ["log.retention.hours=24", "max.connections=5"]).Config);

    private static string Outcome(ErrorCode error, string? message) => error == ErrorCode.None ? "ok" : $"{error}: {message}";

    private static RequestContext Context(ApiKey key, short version) =>
        new(new ConnectionInfo("c", "PLAINTEXT", new IPEndPoint(IPAddress.Loopback, 1), CancellationToken.None), key, version, 1, "test");
}
