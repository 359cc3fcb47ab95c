using static KLog.Broker.Configuration.ConfigRule;
using static KLog.Broker.Configuration.ConfigType;

namespace KLog.Broker.Configuration;

/// <summary>
/// Every config that a group of Kafka 4.3.1 can have of its own. Those of share and streams groups, which KLog does not have,
/// are taken and shown without effect, and without the limits that a broker of Kafka sets them.
/// </summary>
internal static class GroupConfigDefinitions
{
    public const string SessionTimeout = "consumer.session.timeout.ms";
    public const string HeartbeatInterval = "consumer.heartbeat.interval.ms";

    // Before All, which uses it: static fields are made in the order of the text.
    private static readonly ConfigRule OffsetReset = new("earliest, latest, or by_duration: and a duration such as P3DT4H", value =>
        (string)value is "earliest" or "latest" || ((string)value).StartsWith("by_duration:P", StringComparison.Ordinal));

    public static IReadOnlyDictionary<string, ConfigDefinition> All { get; } = new SortedDictionary<string, ConfigDefinition>(
        new ConfigDefinition[]
        {
            new(SessionTimeout, Int, "45000", "How long a member may be silent before it is removed.") { Rule = AtLeast(1) },
            new(HeartbeatInterval, Int, "5000", "How often a member is told to send a heartbeat.") { Rule = AtLeast(1) },
            Unused("consumer.assignment.interval.ms", "1000", 0, "How long Kafka waits between two assignments"),
            Unused("share.session.timeout.ms", "45000", 1, "How long a member may be silent"),
            Unused("share.heartbeat.interval.ms", "5000", 1, "How often a member sends a heartbeat"),
            Unused("share.assignment.interval.ms", "1000", 0, "How long Kafka waits between two assignments"),
            Unused("share.record.lock.duration.ms", "30000", 1_000, "How long a member has a record for itself"),
            Unused("share.delivery.count.limit", "5", 2, "How often a record is delivered at most"),
            Unused("share.partition.max.record.locks", "2000", 100, "How many records of a partition may be with members"),
            Unused("share.auto.offset.reset", ConfigType.String, "latest", OffsetReset, "Where a share group begins"),
            Unused("share.isolation.level", ConfigType.String, "read_uncommitted", OneOf("read_committed", "read_uncommitted"),
                "Whether records of open transactions are delivered"),
            Unused("share.renew.acknowledge.enable", ConfigType.Boolean, "true", null, "Whether a member may renew its hold on a record"),
            Unused("streams.session.timeout.ms", "45000", 1, "How long a member may be silent"),
            Unused("streams.heartbeat.interval.ms", "5000", 1, "How often a member sends a heartbeat"),
            Unused("streams.assignment.interval.ms", "1000", 0, "How long Kafka waits between two assignments"),
            Unused("streams.initial.rebalance.delay.ms", "3000", 0, "How long an empty group waits for more members"),
            Unused("streams.num.standby.replicas", "0", 0, "How many stand-by replicas a task has"),
        }.ToDictionary(definition => definition.Name),
        StringComparer.Ordinal);

    /// <summary>The broker property that says what a group has without its own; null where there is none here.</summary>
    public static string? BrokerPropertyOf(string name) => BrokerDefinitions.All.ContainsKey($"group.{name}") ? $"group.{name}" : null;

    public static string? DefaultText(BrokerConfig broker, string name) =>
        BrokerPropertyOf(name) is { } property
            ? broker.Layers.Find(property) ?? BrokerDefinitions.All[property].Default
            : All.GetValueOrDefault(name)?.Default;

    private static ConfigDefinition Unused(string name, string number, int least, string what) => Unused(name, Int, number, AtLeast(least), what);

    private static ConfigDefinition Unused(string name, ConfigType type, string value, ConfigRule? rule, string what) =>
        new(name, type, value, $"{what}; without effect in KLog.") { Rule = rule, IsUsed = false };
}
