using System.Collections.Concurrent;
using KLog.Broker.Configuration;
using KLog.Broker.Groups.Assignors;
using KLog.Broker.Metadata;
using KLog.Broker.Replication;
using KLog.Coordination.Registries;
using KLog.Protocol;
using KLog.Protocol.Records;
using Microsoft.Extensions.Logging;

namespace KLog.Broker.Groups;

/// <summary>
/// The groups that this broker coordinates: those whose partition of <c>__consumer_offsets</c> it leads. Finds the shard of a
/// group, takes shards on and gives them up as leadership changes, and has offsets expire.
/// </summary>
internal sealed class GroupCoordinator : IAsyncDisposable
{
    private readonly ConcurrentDictionary<int, GroupShard> _shards = new();
    private readonly LiveBrokerConfig _config;
    private readonly ReplicaSet _replicas;
    private readonly ClusterView _view;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly ITimer _expiry;
    private readonly GroupWorld _world;

    public GroupCoordinator(
        LiveBrokerConfig config, GroupConfigs groups, ReplicaSet replicas, ClusterView view, TimeProvider time, ILogger logger)
    {
        _config = config;
        _replicas = replicas;
        _view = view;
        _time = time;
        _logger = logger;
        Clock = new GroupClock(time);
        _world = new GroupWorld(() => Settings, groups.For, view, BuiltInAssignors.AllowedBy(Settings.Consumer), () => UuidText.Format(UuidText.NewId()));
        TimeSpan interval = TimeSpan.FromMilliseconds(Settings.OffsetsRetentionCheckIntervalMs);
        _expiry = time.CreateTimer(_ => ExpireOffsets(), null, interval, interval);
        replicas.LeadershipChanged += OnLeadership;
        view.TopicsDeleted += OnTopicsDeleted;
    }

    public GroupClock Clock { get; }

    public GroupSettings Settings => _config.Current.Groups;

    /// <summary>The shards that this broker has, loaded or not.</summary>
    public IEnumerable<GroupShard> Shards => _shards.Values;

    /// <summary>Which partition of <c>__consumer_offsets</c> a group belongs to: Java's hash of its id.</summary>
    public static int PartitionOf(string groupId, int partitionCount)
    {
        int hash = 0;
        foreach (char c in groupId)
        {
            hash = unchecked((31 * hash) + c);
        }

        return (hash & int.MaxValue) % partitionCount;
    }

    /// <summary>The group's shard, or with which error a client is told to look elsewhere, or later.</summary>
    public GroupShard? Find(string groupId, out ErrorCode error)
    {
        if (groupId.Length == 0)
        {
            error = ErrorCode.InvalidGroupId;
            return null;
        }

        return FindAny(groupId, out error);
    }

    /// <summary>The same where a group without a name is allowed: consumers that only commit offsets.</summary>
    public GroupShard? FindAny(string groupId, out ErrorCode error)
    {
        GroupShard? shard = null;
        if (!RecordText.Fits(groupId))
        {
            error = ErrorCode.InvalidGroupId;
            return null;
        }

        if (_view.Current.Topic(InternalTopics.ConsumerOffsets) is { } offsets)
        {
            _shards.TryGetValue(PartitionOf(groupId, offsets.Partitions.Count), out shard);
        }

        error = shard is null ? ErrorCode.NotCoordinator : ErrorCode.None;
        return shard;
    }

    public async ValueTask DisposeAsync()
    {
        _replicas.LeadershipChanged -= OnLeadership;
        _view.TopicsDeleted -= OnTopicsDeleted;
        await _expiry.DisposeAsync();
        foreach (int partition in _shards.Keys)
        {
            GiveUp(partition);
        }
    }

    private void OnLeadership(Partition partition)
    {
        if (partition.Name.Topic != InternalTopics.ConsumerOffsets)
        {
            return;
        }

        int index = partition.Name.Partition;
        if (partition.Leadership is null)
        {
            GiveUp(index);
        }
        else if (!_shards.ContainsKey(index))
        {
            GroupShard shard = new(
                partition, (CompressionType)_config.Current.OffsetsTopicCompressionCodec, _world, Clock, _time, _logger);
            _shards[index] = shard;
            shard.Start();
        }
    }

    private void GiveUp(int partition)
    {
        if (_shards.TryRemove(partition, out GroupShard? shard))
        {
            shard.Dispose();
        }
    }

    private void ExpireOffsets()
    {
        foreach (GroupShard shard in Shards)
        {
            shard.RunForEach(
                group => !group.Offsets.IsEmpty || group.HasNoMembers,
                (group, _, effects) => group.ExpireOffsets(Clock.WallMs, effects));
        }
    }

    private void OnTopicsDeleted(IReadOnlySet<string> topics) => _ = Task.Run(() =>
    {
        foreach (GroupShard shard in Shards)
        {
            shard.RunForEach(
                group => group.Offsets.Of(topics.Contains).Count > 0,
                (group, _, effects) => group.DeleteOffsets(group.Offsets.Of(topics.Contains), effects));
        }
    });
}
