using KLog.Broker.Groups.Assignors;
using KLog.Broker.Groups.Consumer;
using KLog.Broker.Metadata;

namespace KLog.Broker.Groups;

/// <summary>What all groups of a broker go by: settings, the cluster, the assignors, and ids for new members.</summary>
/// <param name="ConsumerSettings">Of one group, by its id: the broker's, with the group's own in front.</param>
internal sealed record GroupWorld(
    Func<GroupSettings> Settings,
    Func<string, ConsumerGroupSettings> ConsumerSettings,
    ClusterView View,
    IReadOnlyDictionary<string, IPartitionAssignor> Assignors,
    Func<string> NewMemberId)
{
    public GroupContext ContextOf(string groupId, long nowMs) =>
        new(View.Current, ConsumerSettings(groupId), nowMs, Settings().MaxSize);
}
