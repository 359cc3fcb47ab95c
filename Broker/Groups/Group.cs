using KLog.Broker.Groups.Classic;
using KLog.Broker.Groups.Offsets;
using KLog.Protocol;

namespace KLog.Broker.Groups;

/// <summary>One group id: its members, by one protocol or the other, and its offsets, which outlive them. Owned by a shard.</summary>
internal sealed partial class Group(string id, GroupSettings settings)
{
    public string Id { get; } = id;

    public GroupOffsets Offsets { get; } = new();

    public ClassicGroup Classic { get; set; } = new(id, settings);

    /// <summary>When it is in the shard's queue to be looked at.</summary>
    public long ScheduledAtMs { get; set; } = long.MaxValue;

    public long NextDeadlineMs => Classic.NextDeadlineMs;

    public string State => Classic.State.ToString();

    public string Type => Classic is null ? "consumer" : "classic";

    public string ProtocolType => Classic.ProtocolType ?? "";

    /// <summary>No members, so that it may be deleted.</summary>
    public bool HasNoMembers => Classic.State is ClassicGroupState.Empty or ClassicGroupState.Dead;

    /// <summary>Neither members nor offsets, nor a record of it in the log: nothing would be lost with it.</summary>
    public bool IsForgotten => Offsets.IsEmpty && Classic.IsEmpty && Classic.Generation == 0 || Classic.State == ClassicGroupState.Dead;

    public void Tick(long nowMs, GroupEffects effects) => Classic.Tick(nowMs, effects);

    public void OnLoaded(long nowMs) => Classic.OnLoaded(nowMs);

    public void Die(ErrorCode reason, long nowMs, GroupEffects effects) => Classic.Die(reason, nowMs, effects);

    /// <summary>Removes offsets from the log, and then from here.</summary>
    public void DeleteOffsets(IReadOnlyList<TopicPartition> partitions, GroupEffects effects, Action<ErrorCode>? then = null) =>
        effects.Write([.. partitions.Select(each => OffsetRecords.Tombstone(Id, each))], error =>
        {
            if (error == ErrorCode.None)
            {
                foreach (TopicPartition partition in partitions)
                {
                    Offsets.Remove(partition);
                }
            }

            then?.Invoke(error);
        });

    /// <summary>Deletes the group with its offsets; it must have no members.</summary>
    public void Delete(GroupEffects effects, Action<ErrorCode>? then = null)
    {
        Invariant.Holds(HasNoMembers, "a group that is deleted has no members");
        IEnumerable<GroupRecord> offsets = Offsets.Committed.Keys.Select(each => OffsetRecords.Tombstone(Id, each));
        effects.Write([.. offsets, ClassicGroup.Tombstone(Id)], error =>
        {
            if (error == ErrorCode.None)
            {
                Classic.Die(ErrorCode.UnknownMemberId, Classic.StateSinceMs, effects);
            }

            then?.Invoke(error);
        });
    }

    /// <summary>Removes what nobody needs any more, the group too where nothing of it is left.</summary>
    /// <param name="wallMs">Commits and states are dated by the wall.</param>
    public void ExpireOffsets(long wallMs, GroupEffects effects)
    {
        OffsetExpiry expiry = new(
            Classic.Settings.OffsetsRetentionMs,
            Classic.State == ClassicGroupState.Empty ? Classic.StateSinceMs : null,
            Classic.ProtocolType is not null,
            Classic.SubscribedTopics());
        IReadOnlyList<TopicPartition> expired = expiry.Expired(Offsets, wallMs);
        if (Classic.IsEmpty && expired.Count == Offsets.Committed.Count && !Offsets.HasPending)
        {
            Delete(effects);
        }
        else if (expired.Count > 0)
        {
            DeleteOffsets(expired, effects);
        }
    }
}
