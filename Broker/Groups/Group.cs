using KLog.Broker.Groups.Classic;
using KLog.Broker.Groups.Consumer;
using KLog.Broker.Groups.Offsets;
using KLog.Protocol;
using KLog.Protocol.Groups;

namespace KLog.Broker.Groups;

/// <summary>
/// One group id: its members, by one protocol or the other, and its offsets, which outlive them. Owned by a shard, and called
/// under its lock.
/// </summary>
internal sealed partial class Group(string id, GroupWorld world)
{
    /// <summary>How long to wait after a change that time asked for could not be written.</summary>
    private const int RetryMs = 1_000;

    private ClassicGroup _classic = new(id, world.Settings());
    private long _retryAtMs;

    public string Id { get; } = id;

    public GroupOffsets Offsets { get; } = new();

    /// <summary>Null while the group is a classic one.</summary>
    public ConsumerGroup? Consumer { get; private set; }

    /// <summary>Null while the group is a consumer group.</summary>
    public ClassicGroup? Classic => Consumer is null ? _classic : null;

    /// <summary>When it is in the shard's queue to be looked at.</summary>
    public long ScheduledAtMs { get; set; } = long.MaxValue;

    public long NextDeadlineMs => Math.Max(Consumer?.NextDeadlineMs ?? _classic.NextDeadlineMs, _retryAtMs);

    public string State => Consumer?.State.Name ?? _classic.State.ToString();

    public string Type => Consumer is null ? "classic" : "consumer";

    public string ProtocolType => Consumer is null ? _classic.ProtocolType ?? "" : ConsumerGroup.ProtocolType;

    /// <summary>No members, so that it may be deleted.</summary>
    public bool HasNoMembers => Consumer?.IsEmpty ?? _classic.State is ClassicGroupState.Empty or ClassicGroupState.Dead;

    /// <summary>Neither members nor offsets, nor a record of it in the log: nothing would be lost with it.</summary>
    public bool IsForgotten => Consumer is { } consumer
        ? Offsets.IsEmpty && !consumer.IsInLog
        : _classic.State == ClassicGroupState.Dead || (Offsets.IsEmpty && IsUnwritten);

    private bool IsUnwritten => _classic is { IsEmpty: true, Generation: 0 };

    public void Load(GroupMetadataValue? value)
    {
        _classic = new ClassicGroup(Id, world.Settings());
        if (value is not null)
        {
            _classic.Load(value);
        }
    }

    public void Load(GroupRecordType type, string name, byte[]? value)
    {
        Consumer ??= NewConsumer();
        Consumer.Replay(type, name, value);
    }

    /// <summary>All records are read.</summary>
    public void OnLoaded(long nowMs)
    {
        Consumer?.OnLoaded(world.ContextOf(Id, nowMs));
        if (Consumer is { IsInLog: false })
        {
            Consumer = null;
        }

        _classic.OnLoaded(nowMs);
    }

    /// <summary>Time has come to <paramref name="nowMs"/>.</summary>
    public void Tick(long nowMs, GroupEffects effects)
    {
        if (Consumer is null)
        {
            _classic.Tick(nowMs, effects);
        }
        else if (Consumer.Tick(world.ContextOf(Id, nowMs)) is { } change)
        {
            Write([], change, nowMs, effects, error => _retryAtMs = error == ErrorCode.None ? 0 : nowMs + RetryMs);
        }
    }

    /// <summary>The shard is given up.</summary>
    public void Die(ErrorCode reason, long nowMs, GroupEffects effects) => _classic.Die(reason, nowMs, effects);

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
        TopicPartition[] offsets = [.. Offsets.Committed.Keys];
        IEnumerable<GroupRecord> group = Consumer?.Tombstones() ?? [ClassicGroup.Tombstone(Id)];
        effects.Write([.. offsets.Select(each => OffsetRecords.Tombstone(Id, each)), .. group], error =>
        {
            if (error == ErrorCode.None)
            {
                Consumer = null;
                foreach (TopicPartition partition in offsets)
                {
                    Offsets.Remove(partition);
                }

                _classic.Die(ErrorCode.UnknownMemberId, _classic.StateSinceMs, effects);
            }

            then?.Invoke(error);
        });
    }

    /// <summary>Removes what nobody needs any more, the group too where nothing of it is left.</summary>
    /// <param name="wallMs">Commits and states are dated by the wall.</param>
    public void ExpireOffsets(long wallMs, GroupEffects effects)
    {
        IReadOnlyList<TopicPartition> expired = Expiry().Expired(Offsets, wallMs);
        bool isEmpty = Consumer?.IsEmpty ?? _classic.IsEmpty;
        if (isEmpty && expired.Count == Offsets.Committed.Count && !Offsets.HasPending)
        {
            Delete(effects);
        }
        else if (expired.Count > 0)
        {
            DeleteOffsets(expired, effects);
        }
    }

    private OffsetExpiry Expiry()
    {
        long retentionMs = world.Settings().OffsetsRetentionMs;
        if (Consumer is { } consumer)
        {
            return new OffsetExpiry(retentionMs, EmptySinceMs: null, HasMembersEver: true, consumer.IsSubscribedTo);
        }

        long? emptySinceMs = _classic.State == ClassicGroupState.Empty ? _classic.StateSinceMs : null;
        return new OffsetExpiry(retentionMs, emptySinceMs, _classic.ProtocolType is not null, Subscribed());
    }

    /// <summary>Not while members come and go: one that is away for a moment would lose its offsets.</summary>
    private Func<string, bool>? Subscribed() =>
        _classic.State == ClassicGroupState.Stable && _classic.SubscribedTopics() is { } topics ? topics.Contains : null;

    private ConsumerGroup NewConsumer() => new(Id, world.Assignors, world.NewMemberId);
}
