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

    public ConsumerGroupSettings Consumer { get; init; } = new();

    public static GroupSettings From(BrokerConfig config) => new();
}

/// <summary>◆ What consumer groups (KIP-848) are run by; a group may have some of its own.</summary>
internal sealed record ConsumerGroupSettings
{
    public bool IsEnabled { get; init; } = true;

    public int SessionTimeoutMs { get; init; } = 45_000;

    public int HeartbeatIntervalMs { get; init; } = 5_000;

    public int MaxSize { get; init; } = int.MaxValue;

    /// <summary>In order of preference; the first is taken where no member asks for one.</summary>
    public IReadOnlyList<string> Assignors { get; init; } = ["uniform", "range"];

    public GroupMigrationPolicy MigrationPolicy { get; init; } = GroupMigrationPolicy.Bidirectional;
}

/// <summary>◆ <c>group.consumer.migration.policy</c>: which protocol a live group may change to.</summary>
internal enum GroupMigrationPolicy
{
    Disabled,
    Upgrade,
    Downgrade,
    Bidirectional,
}
