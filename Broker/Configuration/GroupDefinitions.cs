using static KLog.Broker.Configuration.ConfigRule;
using static KLog.Broker.Configuration.ConfigType;

namespace KLog.Broker.Configuration;

/// <summary>
/// What consumer groups are run by, and their offsets. The new protocol (KIP-848) is on, and groups may change protocol both
/// ways, as in Kafka 4; Kafka 3.9 has both off.
/// </summary>
internal static class GroupDefinitions
{
    public const string Protocols = "group.coordinator.rebalance.protocols";

    private const string MaxInt = "2147483647";
    private const string Classic = "classic";
    private const string AssignorPackage = "org.apache.kafka.coordinator.group.assignor.";

    private static readonly string[] OtherProtocols = ["streams", "share"];

    // Before All, which uses them: static fields are made in the order of the text.
    private static readonly ConfigRule KnownProtocols = new("a list of classic, without which it cannot be, and consumer", value =>
        SomeOf([Classic, "consumer", .. OtherProtocols]).Accepts(value) && ((string[])value).Contains(Classic));

    private static readonly ConfigRule KnownAssignors = new("a list of uniform, range; KLog cannot load a Java class", value =>
        value is string[] { Length: > 0 } given && SomeOf("uniform", "range").Accepts(given.Select(AssignorName).ToArray()));

    private static readonly ConfigRule KnownPolicies = new("one of disabled, upgrade, downgrade, bidirectional", value =>
        ((string)value).ToUpperInvariant() is "DISABLED" or "UPGRADE" or "DOWNGRADE" or "BIDIRECTIONAL");

    public static readonly ConfigDefinition[] All =
    [
        new("group.min.session.timeout.ms", Int, "6000", "The shortest session time-out that a member of a classic group may have."),
        new("group.max.session.timeout.ms", Int, "1800000", "The longest session time-out that a member of a classic group may have."),
        new("group.initial.rebalance.delay.ms", Int, "3000", "How long an empty classic group waits for more members after the first one joins."),
        new("group.max.size", Int, MaxInt, "How many members a classic group may have.") { Rule = AtLeast(1) },
        new("offset.metadata.max.bytes", Int, "4096", "How long the text may be that a client commits with an offset."),
        new("offsets.retention.minutes", Int, "10080",
            "How long offsets are kept after their group has become empty, or after the commit where nobody subscribes to the topic any more.")
            { Rule = AtLeast(1) },
        new("offsets.retention.check.interval.ms", Long, "600000", "How often offsets are looked for that are to go.") { Rule = AtLeast(1) },
        new("offsets.commit.timeout.ms", Int, "5000", "How long a write of the group coordinator may wait for its replicas.") { Rule = AtLeast(1) },
        new(Protocols, List, "classic,consumer", "Which protocols groups may use: classic, and consumer (KIP-848).") { Rule = KnownProtocols },
        .. Consumer("session.timeout.ms", "45000", "How long a member of a consumer group may be silent before it is removed", "45000", "60000"),
        .. Consumer("heartbeat.interval.ms", "5000", "How often a member of a consumer group is told to send a heartbeat", "5000", "15000"),
        new("group.consumer.max.size", Int, MaxInt, "How many members a consumer group may have.") { Rule = AtLeast(1) },
        new("group.consumer.assignors", List, "uniform,range", "The assignors that a consumer group may use; the first where its members do not say.")
            { Rule = KnownAssignors },
        new("group.consumer.migration.policy", ConfigType.String, "bidirectional",
            "Which way a group with members may change protocol: upgrade (from classic to consumer), downgrade, bidirectional, or disabled.")
            { Rule = KnownPolicies },
        new("group.consumer.regex.refresh.interval.ms", Int, "600000",
            "How often Kafka looks for the topics that a regular expression matches; without effect in KLog, which looks when topics change.")
            { Rule = AtLeast(10_000), IsUsed = false },
    ];

    /// <summary>Kafka 3.9 names its own assignors by their classes.</summary>
    public static string AssignorName(string text) => text switch
    {
        AssignorPackage + "UniformAssignor" => "uniform",
        AssignorPackage + "RangeAssignor" => "range",
        _ => text,
    };

    /// <summary>One line for each protocol that is asked for and not there.</summary>
    public static IEnumerable<string> Warnings(IReadOnlyDictionary<string, string> properties) =>
        from protocol in ConfigDefinition.SplitList(properties.GetValueOrDefault(Protocols) ?? "")
        where OtherProtocols.Contains(protocol)
        select $"{Protocols} names {protocol}, which is Kafka's, and has no effect in KLog";

    private static ConfigDefinition[] Consumer(string name, string value, string documentation, string min, string max) =>
    [
        new($"group.consumer.{name}", Int, value, $"{documentation}; a group may have its own consumer.{name}.") { Rule = AtLeast(1) },
        new($"group.consumer.min.{name}", Int, min, $"The least that consumer.{name} of a group may be.") { Rule = AtLeast(1) },
        new($"group.consumer.max.{name}", Int, max, $"The most that consumer.{name} of a group may be.") { Rule = AtLeast(1) },
    ];
}
