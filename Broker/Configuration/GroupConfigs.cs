using System.Collections.Concurrent;
using KLog.Broker.Groups;

namespace KLog.Broker.Configuration;

/// <summary>
/// The groups that have configs of their own, as the coordination tree has them (see <see cref="DynamicConfigs"/>). Asked at
/// every heartbeat, from any thread.
/// </summary>
public sealed class GroupConfigs(LiveBrokerConfig live)
{
    private readonly ConcurrentDictionary<string, GroupOwn> _groups = new();

    /// <summary>The groups that have any.</summary>
    public IEnumerable<string> Groups => _groups.Keys;

    /// <summary>A group's own configs; empty where it has none.</summary>
    public IReadOnlyDictionary<string, string> Of(string groupId) =>
        _groups.TryGetValue(groupId, out GroupOwn? own) ? own.Configs : ConfigLayers.None;

    /// <summary>What a consumer group is run by: the broker's settings, and the group's own within the limits that the broker has now.</summary>
    internal ConsumerGroupSettings For(string groupId)
    {
        ConsumerGroupSettings broker = live.Current.Groups.Consumer;
        return _groups.TryGetValue(groupId, out GroupOwn? own) ? own.Over(broker) : broker;
    }

    /// <summary>Puts a group's configs in the place of those it had.</summary>
    public void Take(string groupId, IReadOnlyDictionary<string, string> configs)
    {
        if (configs.Count == 0)
        {
            _groups.TryRemove(groupId, out _);
        }
        else
        {
            _groups[groupId] = new GroupOwn(configs);
        }
    }

    /// <summary>Whether a group may have these configs ◆.</summary>
    /// <exception cref="InvalidConfigException">The first that is unknown or not valid, or that does not fit the others.</exception>
    public static void Validate(BrokerConfig broker, IReadOnlyDictionary<string, string> configs)
    {
        foreach ((string name, string value) in configs)
        {
            if (!GroupConfigDefinitions.All.TryGetValue(name, out ConfigDefinition? definition))
            {
                string? nearest = NearestName.Of(name, GroupConfigDefinitions.All.Keys);
                throw new InvalidConfigException(name, value, "there is no such group config" + (nearest is null ? "" : $"; is {nearest} meant?"));
            }

            definition.Parse(value);
        }

        GroupOwn own = new(configs);
        ConsumerGroupSettings settings = broker.Groups.Consumer;
        CheckRange(GroupConfigDefinitions.SessionTimeout, own.SessionTimeoutMs, settings.SessionTimeoutRangeMs);
        CheckRange(GroupConfigDefinitions.HeartbeatInterval, own.HeartbeatIntervalMs, settings.HeartbeatIntervalRangeMs);
        ConsumerGroupSettings after = own.Over(settings);
        if (after.SessionTimeoutMs <= after.HeartbeatIntervalMs)
        {
            throw new InvalidConfigException(GroupConfigDefinitions.SessionTimeout, $"{after.SessionTimeoutMs}",
                $"must be more than {GroupConfigDefinitions.HeartbeatInterval} ({after.HeartbeatIntervalMs})");
        }
    }

    private static void CheckRange(string name, int? value, (int Least, int Most) range)
    {
        if (value < range.Least)
        {
            throw new InvalidConfigException(name, $"{value}", $"must be at least group.{Limit(name, "min")} of the broker ({range.Least})");
        }

        if (value > range.Most)
        {
            throw new InvalidConfigException(name, $"{value}", $"must be at most group.{Limit(name, "max")} of the broker ({range.Most})");
        }
    }

    private static string Limit(string name, string which) => name.Replace("consumer.", $"consumer.{which}.", StringComparison.Ordinal);

    /// <summary>A group's own; null is what it does not have, or what another broker has left that is not valid here.</summary>
    private sealed class GroupOwn(IReadOnlyDictionary<string, string> configs)
    {
        public IReadOnlyDictionary<string, string> Configs => configs;

        public int? SessionTimeoutMs { get; } = Number(configs, GroupConfigDefinitions.SessionTimeout);

        public int? HeartbeatIntervalMs { get; } = Number(configs, GroupConfigDefinitions.HeartbeatInterval);

        public ConsumerGroupSettings Over(ConsumerGroupSettings broker) => broker with
        {
            SessionTimeoutMs = Within(SessionTimeoutMs, broker.SessionTimeoutRangeMs) ?? broker.SessionTimeoutMs,
            HeartbeatIntervalMs = Within(HeartbeatIntervalMs, broker.HeartbeatIntervalRangeMs) ?? broker.HeartbeatIntervalMs,
        };

        private static int? Within(int? value, (int Least, int Most) range) =>
            value is { } given ? Math.Clamp(given, range.Least, range.Most) : null;

        private static int? Number(IReadOnlyDictionary<string, string> configs, string name)
        {
            try
            {
                return (int?)GroupConfigDefinitions.All[name].Parse(configs.GetValueOrDefault(name));
            }
            catch (InvalidConfigException)
            {
                return null;
            }
        }
    }
}
