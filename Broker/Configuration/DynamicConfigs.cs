using System.Globalization;
using KLog.Broker.Storage;
using KLog.Coordination.Registries;
using KLog.Protocol;
using Microsoft.Extensions.Logging;

namespace KLog.Broker.Configuration;

/// <summary>
/// Keeps in force what the coordination tree says of this broker, of all brokers, of topics and of groups: reads it at the
/// start and after each change, and hands it to <see cref="LiveBrokerConfig"/>, to the logs and to <see cref="Groups"/>. One
/// change at a time.
/// </summary>
public sealed class DynamicConfigs(
    ConfigRegistry registry, LiveBrokerConfig live, int brokerId, TimeProvider time, ILogger logger) : IAsyncDisposable
{
    /// <summary>Kafka's own: every broker has seen a notification after this time.</summary>
    private static readonly TimeSpan NotificationLife = TimeSpan.FromMinutes(15);

    private readonly SemaphoreSlim _changing = new(1);
    private LogStore? _logs;

    public string BrokerEntity { get; } = brokerId.ToString(CultureInfo.InvariantCulture);

    public GroupConfigs Groups { get; } = new(live);

    /// <summary>
    /// Puts the brokers' dynamic properties and the groups' configs in force, and every topic's configs for these logs, which changes reach from
    /// now on. Before anything else reads the configuration.
    /// </summary>
    public async Task StartAsync(LogStore logs, CancellationToken cancellation = default)
    {
        _logs = logs;
        await ApplyToBrokerAsync(cancellation);
        foreach (string group in await registry.ListAsync(ConfigRegistry.Groups, cancellation))
        {
            await ApplyToGroupAsync(group, cancellation);
        }
    }

    /// <summary>A topic's own configs.</summary>
    public Task<IReadOnlyDictionary<string, string>> OfTopicAsync(string topic, CancellationToken cancellation = default) =>
        registry.GetAsync(ConfigRegistry.Topics, topic, cancellation);

    /// <summary>What a topic's logs are run by now.</summary>
    public async Task<LogConfig> LogConfigAsync(string topic, CancellationToken cancellation = default) =>
        TopicConfigs.ToLogConfig(live.Current, Usable(topic, await OfTopicAsync(topic, cancellation)));

    /// <summary>
    /// Replaces an entity's properties (<see cref="ConfigRegistry.Topics"/>, <see cref="ConfigRegistry.Groups"/>, or <see cref="ConfigRegistry.Brokers"/> with
    /// this broker's number or <see cref="ConfigRegistry.Default"/>) by what <paramref name="change"/> makes of them, which
    /// checks them too. What is returned from is in force.
    /// </summary>
    public async Task ChangeAsync(
        string type,
        string entity,
        Func<IReadOnlyDictionary<string, string>, IReadOnlyDictionary<string, string>> change,
        bool validateOnly,
        CancellationToken cancellation = default)
    {
        await _changing.WaitAsync(cancellation);
        try
        {
            IReadOnlyDictionary<string, string> next = change(await registry.GetAsync(type, entity, cancellation));
            if (validateOnly)
            {
                return;
            }

            await registry.SetAsync(type, entity, next, cancellation);
            await registry.PurgeChangesAsync((time.GetUtcNow() - NotificationLife).ToUnixTimeMilliseconds(), cancellation);
            await (type switch
            {
                ConfigRegistry.Topics => ApplyToTopicAsync(entity, cancellation),
                ConfigRegistry.Groups => ApplyToGroupAsync(entity, cancellation),
                _ => ApplyToBrokerAsync(cancellation),
            });
            logger.LogInformation("configs of {Type} {Entity} are now {Configs}", type, entity, string.Join(", ", next.Select(pair => $"{pair.Key}={pair.Value}")));
        }
        finally
        {
            _changing.Release();
        }
    }

    public ValueTask DisposeAsync()
    {
        _changing.Dispose();
        return ValueTask.CompletedTask;
    }

    private async Task ApplyToGroupAsync(string group, CancellationToken cancellation) =>
        Groups.Take(group, await registry.GetAsync(ConfigRegistry.Groups, group, cancellation));

    private async Task ApplyToTopicAsync(string topic, CancellationToken cancellation)
    {
        LogConfig config = await LogConfigAsync(topic, cancellation);
        foreach (PartitionLog log in _logs?.All.Where(log => log.TopicPartition.Topic == topic) ?? [])
        {
            log.Config = config;
        }
    }

    /// <summary>The broker's properties are the topics' defaults: every log may be run differently afterwards.</summary>
    private async Task ApplyToBrokerAsync(CancellationToken cancellation)
    {
        IReadOnlyDictionary<string, string> forThis = await registry.GetAsync(ConfigRegistry.Brokers, BrokerEntity, cancellation);
        IReadOnlyDictionary<string, string> forAll = await registry.GetAsync(ConfigRegistry.Brokers, ConfigRegistry.Default, cancellation);
        live.Apply(Effective(forThis), Effective(forAll));
        foreach (IGrouping<string, PartitionLog> topic in _logs?.All.GroupBy(log => log.TopicPartition.Topic) ?? [])
        {
            LogConfig config = await LogConfigAsync(topic.Key, cancellation);
            foreach (PartitionLog log in topic)
            {
                log.Config = config;
            }
        }
    }

    private Dictionary<string, string> Effective(IReadOnlyDictionary<string, string> properties) =>
        BrokerConfigChange.Effective(properties, reason => logger.LogWarning("a dynamic property has no effect: {Reason}", reason));

    private Dictionary<string, string> Usable(string topic, IReadOnlyDictionary<string, string> overrides)
    {
        Dictionary<string, string> usable = [];
        foreach ((string name, string value) in overrides)
        {
            if (TopicDefinitions.All.ContainsKey(name))
            {
                usable[name] = value;
            }
            else
            {
                logger.LogWarning("the config {Name} of topic {Topic} has no effect in KLog", name, topic);
            }
        }

        return usable;
    }
}
