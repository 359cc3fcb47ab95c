using KLog.Broker.Metadata;

namespace KLog.Broker.Groups.Consumer;

/// <summary>◆ What a group needs to know of the world around it when something happens to it.</summary>
/// <param name="ClassicSizeMax">How many members a group may have that becomes a classic one.</param>
internal readonly record struct GroupContext(
    ClusterSnapshot Cluster, ConsumerGroupSettings Settings, long NowMs, int ClassicSizeMax = int.MaxValue)
{
    public bool MayDowngrade => Settings.MigrationPolicy is GroupMigrationPolicy.Downgrade or GroupMigrationPolicy.Bidirectional;
}
