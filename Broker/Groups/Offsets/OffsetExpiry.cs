using KLog.Protocol;

namespace KLog.Broker.Groups.Offsets;

/// <summary>
/// ◆ Which offsets nobody needs any more (KIP-211): those of a group without members, from when it lost the last one; those
/// of single partitions, from their commit, where the group has never had members or no longer subscribes to their topic.
/// </summary>
/// <param name="EmptySinceMs">Wall time; null while the group has members, -1 where it is not known.</param>
/// <param name="HasMembersEver">False for a group of consumers that assign their partitions themselves.</param>
/// <param name="Subscribed">What a group with members subscribes to; null where that is not known.</param>
internal sealed record OffsetExpiry(
    long RetentionMs, long? EmptySinceMs, bool HasMembersEver, Func<string, bool>? Subscribed)
{
    public IReadOnlyList<TopicPartition> Expired(GroupOffsets offsets, long nowMs)
    {
        List<TopicPartition> expired = [];
        foreach ((TopicPartition partition, CommittedOffset offset) in offsets.Committed)
        {
            if (!offsets.IsUnstable(partition) && IsExpired(partition, offset, nowMs))
            {
                expired.Add(partition);
            }
        }

        return expired;
    }

    private bool IsExpired(in TopicPartition partition, in CommittedOffset offset, long nowMs)
    {
        if (EmptySinceMs is null && HasMembersEver && Subscribed?.Invoke(partition.Topic) != false)
        {
            return false;
        }

        if (offset.ExpiresAtMs >= 0)
        {
            return nowMs >= offset.ExpiresAtMs;
        }

        long since = EmptySinceMs is { } empty && empty >= 0 && HasMembersEver ? Math.Max(empty, offset.CommittedAtMs) : offset.CommittedAtMs;
        return nowMs - since >= RetentionMs;
    }
}
