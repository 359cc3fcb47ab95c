using System.Diagnostics;
using KLog.Broker.Groups.Loading;
using KLog.Broker.Replication;
using KLog.Protocol;
using KLog.Protocol.Records;
using Microsoft.Extensions.Logging;

namespace KLog.Broker.Groups;

/// <summary>An event of a group, run under its shard's lock.</summary>
internal delegate void GroupEvent(Group group, long nowMs, GroupEffects effects);

/// <summary>
/// The groups of one partition of <c>__consumer_offsets</c>, while this broker leads it: loads them from its records, runs
/// their events one after the other, writes what they want written, and lets the answers go when that is committed.
/// </summary>
internal sealed class GroupShard : IDisposable
{
    private readonly Lock _gate = new();
    private readonly Partition _partition;
    private readonly GroupWorld _world;
    private readonly GroupClock _clock;
    private readonly GroupLog _log;
    private readonly DeadlineQueue _deadlines;
    private readonly ILogger _logger;
    private readonly CancellationTokenSource _closing = new();
    private Dictionary<string, Group> _groups = [];
    private volatile ErrorCode _unready = ErrorCode.CoordinatorLoadInProgress;

    public GroupShard(
        Partition partition, CompressionType compression, GroupWorld world, GroupClock clock, TimeProvider time, ILogger logger)
    {
        _partition = partition;
        _world = world;
        _clock = clock;
        _log = new GroupLog(partition, compression, time);
        _deadlines = new DeadlineQueue(clock.NewTimer(OnTime));
        _logger = logger;
    }

    /// <summary>Reads the partition in the background; until then clients are told to wait.</summary>
    public void Start() => _ = Task.Run(Load);

    /// <summary>
    /// Runs an event. Answers that it gives are sent when what it wrote is committed; the task that is returned ends then
    /// too, and is null where there is nothing to wait for.
    /// </summary>
    /// <param name="create">Whether a group that is not there is made; otherwise <c>GROUP_ID_NOT_FOUND</c>.</param>
    public (ErrorCode Error, Task? Committed) Run(string groupId, bool create, GroupEvent work)
    {
        GroupEffects effects = new();
        Task? committed;
        lock (_gate)
        {
            if (_unready != ErrorCode.None)
            {
                return (_unready, null);
            }

            bool isThere = _groups.TryGetValue(groupId, out Group? group);
            if (!isThere && !create)
            {
                return (ErrorCode.GroupIdNotFound, null);
            }

            group ??= _groups[groupId] = new Group(groupId, _world);
            try
            {
                committed = RunLocked(group, work, effects);
            }
            catch when (!isThere)
            {
                _groups.Remove(groupId);
                throw;
            }
        }

        return (ErrorCode.None, Finish(effects, committed));
    }

    /// <summary>Looks at all groups, which must not be changed.</summary>
    public ErrorCode ForEach(Action<Group> look)
    {
        lock (_gate)
        {
            if (_unready == ErrorCode.None)
            {
                foreach (Group group in _groups.Values)
                {
                    look(group);
                }
            }

            return _unready;
        }
    }

    /// <summary>Runs an event for each of the groups that <paramref name="select"/> picks, a lock at a time.</summary>
    public void RunForEach(Predicate<Group> select, GroupEvent work)
    {
        List<string> picked = [];
        ForEach(group =>
        {
            if (select(group))
            {
                picked.Add(group.Id);
            }
        });
        foreach (string id in picked)
        {
            try
            {
                Run(id, create: false, work);
            }
            catch (Exception e)
            {
                // The edge of a timer: what is wrong with one group must not keep the others from it.
                _logger.LogError(e, "An event of group {Group} has failed", id);
            }
        }
    }

    /// <summary>The partition is led elsewhere now, or nowhere: who waits is told to look for the coordinator.</summary>
    public void Dispose()
    {
        GroupEffects effects = new();
        lock (_gate)
        {
            if (_unready == ErrorCode.NotCoordinator)
            {
                return;
            }

            _closing.Cancel();
            _unready = ErrorCode.NotCoordinator;
            foreach (Group group in _groups.Values)
            {
                group.Die(ErrorCode.NotCoordinator, _clock.NowMs, effects);
            }

            _groups = [];
            _deadlines.Dispose();
            _log.Dispose();
        }

        effects.SendAnswers();
        _closing.Dispose();
    }

    private Task? RunLocked(Group group, GroupEvent work, GroupEffects effects)
    {
        long nowMs = _clock.NowMs;
        work(group, nowMs, effects);
        effects.WriteAll(_log.Append, () => _log.LastOffset);
        if (_log.IsTorn)
        {
            LoadAgain(nowMs, effects);
        }
        else if (group.IsForgotten)
        {
            _groups.Remove(group.Id);
        }
        else
        {
            _deadlines.Schedule(group, nowMs);
        }

        // Also for an event that wrote nothing: what it tells may rest on records that are not safe yet.
        return _log.Committed is { IsCompletedSuccessfully: false } open ? open : null;
    }

    /// <summary>Half of what belongs together is in the log: the log decides.</summary>
    private void LoadAgain(long nowMs, GroupEffects effects)
    {
        _logger.LogWarning("Records of {Partition} that belong together were written in part; its groups are read again", _partition.Name);
        _log.Mend();
        _unready = ErrorCode.CoordinatorLoadInProgress;
        foreach (Group each in _groups.Values)
        {
            each.Die(ErrorCode.NotCoordinator, nowMs, effects);
        }

        _groups = [];
        Start();
    }

    private static Task? Finish(GroupEffects effects, Task? committed)
    {
        if (committed is null)
        {
            effects.SendAnswers();
            return null;
        }

        return FinishAsync();

        async Task FinishAsync()
        {
            try
            {
                await committed;
                effects.SendAnswers();
            }
            catch (IOException failure)
            {
                effects.SendAnswers(failure);
                throw;
            }
        }
    }

    private void OnTime()
    {
        while (true)
        {
            GroupEffects effects = new();
            Task? committed;
            lock (_gate)
            {
                if (_unready != ErrorCode.None || _deadlines.Due(_clock.NowMs) is not { } group)
                {
                    return;
                }

                if (!_groups.TryGetValue(group.Id, out Group? known) || known != group)
                {
                    continue;
                }

                try
                {
                    committed = RunLocked(group, static (each, nowMs, effects) => each.Tick(nowMs, effects), effects);
                }
                catch (Exception e)
                {
                    // The edge of the timer. The group is out of the queue until its next event, so that nothing spins.
                    _logger.LogError(e, "The time of group {Group} has come, and its event has failed", group.Id);
                    continue;
                }
            }

            Finish(effects, committed);
        }
    }

    private void Load()
    {
        long start = Stopwatch.GetTimestamp();
        GroupLoading loading = new(_world, _logger);
        try
        {
            LogRecords.Read(_partition, loading, _closing.Token);
        }
        catch (OperationCanceledException)
        {
            return;
        }
        catch (Exception e)
        {
            // The edge of the background task: whatever it is, clients that wait have to hear of it.
            _logger.LogError(
                "The groups of {Partition} cannot be loaded, and have no coordinator until the broker is started again; klog verify tells what is damaged: {Reason}",
                _partition.Name,
                e.Message);
            lock (_gate)
            {
                _unready = _unready == ErrorCode.CoordinatorLoadInProgress ? ErrorCode.CoordinatorNotAvailable : _unready;
            }

            return;
        }

        lock (_gate)
        {
            if (_unready != ErrorCode.CoordinatorLoadInProgress)
            {
                return;
            }

            long nowMs = _clock.NowMs;
            _groups = loading.Groups;
            foreach (Group group in _groups.Values.ToArray())
            {
                group.OnLoaded(nowMs);
                if (group.IsForgotten)
                {
                    _groups.Remove(group.Id);
                }
                else
                {
                    _deadlines.Schedule(group, nowMs);
                }
            }

            _unready = ErrorCode.None;
        }

        if (loading.RecordCount > 0)
        {
            _logger.LogInformation(
                "{Partition}: {Groups} groups from {Records} records in {Milliseconds:F0} ms",
                _partition.Name,
                loading.Groups.Count,
                loading.RecordCount,
                Stopwatch.GetElapsedTime(start).TotalMilliseconds);
        }
    }
}
