using KLog.Broker.Configuration;

namespace KLog.Broker.Groups;

/// <summary>◆ What groups are run by: the broker's <c>group.*</c> and <c>offset*.*</c> properties.</summary>
internal sealed record GroupSettings
{
    public int MinSessionTimeoutMs { get; init; } = 6_000;

    public int MaxSessionTimeoutMs { get; init; } = 1_800_000;

    public int InitialRebalanceDelayMs { get; init; } = 3_000;

    public int MaxSize { get; init; } = int.MaxValue;

    public int OffsetMetadataMaxBytes { get; init; } = 4_096;

    public long OffsetsRetentionMs { get; init; } = 10_080L * 60_000;

    public long OffsetsRetentionCheckIntervalMs { get; init; } = 600_000;

    /// <summary>How long a write may wait for its replicas.</summary>
    public int OffsetsCommitTimeoutMs { get; init; } = 5_000;

    public ConsumerGroupSettings Consumer { get; init; } = new();

    /// <summary>Made once with the configuration: asking costs nothing.</summary>
    public static GroupSettings From(ConfigReader read) => new()
    {
        MinSessionTimeoutMs = read.Int("group.min.session.timeout.ms"),
        MaxSessionTimeoutMs = read.Int("group.max.session.timeout.ms"),
        InitialRebalanceDelayMs = read.Int("group.initial.rebalance.delay.ms"),
        MaxSize = read.Int("group.max.size"),
        OffsetMetadataMaxBytes = read.Int("offset.metadata.max.bytes"),
        OffsetsRetentionMs = read.Int("offsets.retention.minutes") * 60_000L,
        OffsetsRetentionCheckIntervalMs = read.Long("offsets.retention.check.interval.ms"),
        OffsetsCommitTimeoutMs = read.Int("offsets.commit.timeout.ms"),
        Consumer = ConsumerGroupSettings.From(read),
    };
}

/// <summary>◆ What consumer groups (KIP-848) are run by; a group may have some of its own.</summary>
internal sealed record ConsumerGroupSettings
{
    public bool IsEnabled { get; init; } = true;

    public int SessionTimeoutMs { get; init; } = 45_000;

    public int HeartbeatIntervalMs { get; init; } = 5_000;

    /// <summary>What a group may set for itself.</summary>
    public (int Least, int Most) SessionTimeoutRangeMs { get; init; } = (45_000, 60_000);

    /// <summary>What a group may set for itself.</summary>
    public (int Least, int Most) HeartbeatIntervalRangeMs { get; init; } = (5_000, 15_000);

    public int MaxSize { get; init; } = int.MaxValue;

    /// <summary>In order of preference; the first is taken where no member asks for one.</summary>
    public IReadOnlyList<string> Assignors { get; init; } = ["uniform", "range"];

    public GroupMigrationPolicy MigrationPolicy { get; init; } = GroupMigrationPolicy.Bidirectional;

    public static ConsumerGroupSettings From(ConfigReader read) => new()
    {
        IsEnabled = read.List(GroupDefinitions.Protocols) is { } protocols && protocols.Contains("consumer"),
        SessionTimeoutMs = read.Int("group.consumer.session.timeout.ms"),
        HeartbeatIntervalMs = read.Int("group.consumer.heartbeat.interval.ms"),
        SessionTimeoutRangeMs = (read.Int("group.consumer.min.session.timeout.ms"), read.Int("group.consumer.max.session.timeout.ms")),
        HeartbeatIntervalRangeMs = (read.Int("group.consumer.min.heartbeat.interval.ms"), read.Int("group.consumer.max.heartbeat.interval.ms")),
        MaxSize = read.Int("group.consumer.max.size"),
        Assignors = [.. (read.List("group.consumer.assignors") ?? []).Select(GroupDefinitions.AssignorName)],
        MigrationPolicy = Enum.Parse<GroupMigrationPolicy>(read.Text("group.consumer.migration.policy"), ignoreCase: true),
    };
}

/// <summary>◆ <c>group.consumer.migration.policy</c>: which protocol a live group may change to.</summary>
internal enum GroupMigrationPolicy
{
    Disabled,
    Upgrade,
    Downgrade,
    Bidirectional,
}
