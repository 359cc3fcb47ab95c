using System.Diagnostics;
using KLog.Bench.Throughput.Brokers;
using KLog.Bench.Throughput.Load;
using KLog.Bench.Throughput.Load.Groups;
using KLog.Bench.Throughput.Statistics;
using KLog.Protocol;
using KLog.Protocol.Messages;

namespace KLog.Bench.Throughput.Workloads.Groups;

/// <summary>
/// 10,000 groups that have committed an offset in each of 100 partitions: one million. The broker is stopped in order and
/// started again; from when it takes connections until it tells offsets of every group. Then all offsets are looked at.
/// </summary>
internal sealed class OffsetLoadWorkload()
    : Workload("group-load", "restart with one million committed offsets", Figure.OffsetsLoaded)
{
    private const int GroupsFull = 10_000;
    private const int Partitions = 100;
    private const int GroupsAtOnce = 500;
    private const short CommitVersion = 8;
    private readonly Dictionary<BrokerUnderTest, Stored> _stored = [];
    private static readonly int[] AllPartitions = [.. Enumerable.Range(0, Partitions)];

    /// <summary>A broker that starts is never warm.</summary>
    internal override bool WarmsUp => false;

    internal override bool CanRunOn(BrokerUnderTest broker) => broker.CanStartAside;

    internal override void Prepare(RunContext context)
    {
        LocalBroker aside = context.Broker.Aside();
        aside.Start(context.Cancellation);
        BenchTopic topic = aside.CreateTopic(Partitions, context.Cancellation);
        string[] groups = [.. Enumerable.Range(0, (int)context.Scale.DataBytes(GroupsFull)).Select(_ => GroupAccess.NewName())];
        _stored[context.Broker] = new Stored(aside, topic.Name, groups);
        GroupAccess.AwaitReady(aside.Address, groups, topic.Name, context.Cancellation);
        using ControlConnection control = new(aside.Address);
        foreach ((int at, string group) in groups.Index())
        {
            OffsetCommitResponse response = control.Call<OffsetCommitRequest, OffsetCommitResponse>(
                CommitLane.Commit(group, topic.Name, AllPartitions, at), CommitVersion);
            if (response.Topics.SelectMany(each => each.Partitions).Any(each => each.ErrorCode != ErrorCode.None))
            {
                throw new LoadException($"offsets of {group} cannot be committed: {response.Topics[0].Partitions[0].ErrorCode}");
            }

            context.Cancellation.ThrowIfCancellationRequested();
        }

        aside.Stop();
    }

    internal override RoundResult Run(RunContext context)
    {
        (LocalBroker broker, string topic, string[] groups) = _stored[context.Broker];
        Linux.Sync();
        broker.Start(context.Cancellation);
        long takesConnections = LoadClock.Now;
        // Some of every partition of __consumer_offsets.
        GroupAccess.AwaitReady(broker.Address, [.. groups.Take(GroupsAtOnce)], topic, context.Cancellation);
        RoundResult result = new();
        result[Figure.OffsetsLoaded] = Stopwatch.GetElapsedTime(takesConnections).TotalSeconds;
        result[Figure.OffsetsServed] = Stopwatch.GetElapsedTime(broker.StartedAt).TotalSeconds;
        result[Figure.LoadCpu] = ProcessFigures.CpuSeconds(broker.Process!.Value);
        result[Figure.PeakMemory] = ProcessFigures.PeakMemoryMib(broker.Process.Value);
        result[Figure.AnonymousMemory] = ProcessFigures.AnonymousMemoryMib(broker.Process.Value);
        CheckNothingIsLost(broker, topic, groups);
        broker.Stop();
        return result;
    }

    internal override void Finish(BrokerUnderTest broker)
    {
        if (_stored.Remove(broker, out Stored? stored))
        {
            stored.Broker.Dispose();
        }
    }

    private static void CheckNothingIsLost(LocalBroker broker, string topic, string[] groups)
    {
        using ControlConnection control = new(broker.Address);
        foreach ((int chunk, string[] some) in groups.Chunk(GroupsAtOnce).Index())
        {
            OffsetFetchResponse response = GroupAccess.Fetch(control, some, topic, AllPartitions);
            long right = response.Groups.Sum(group => group.Topics[0].Partitions.Count(
                each => each.CommittedOffset == (chunk * GroupsAtOnce) + Array.IndexOf(some, group.GroupId)));
            if (right != some.Length * Partitions)
            {
                throw new LoadException($"of {some.Length * Partitions} committed offsets {right} are there after the restart");
            }
        }
    }

    private sealed record Stored(LocalBroker Broker, string Topic, string[] Groups);
}
