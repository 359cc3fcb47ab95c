using KLog.Bench.Throughput.Brokers;
using KLog.Bench.Throughput.Load;
using KLog.Bench.Throughput.Load.Groups;
using KLog.Bench.Throughput.Statistics;

namespace KLog.Bench.Throughput.Workloads.Groups;

/// <summary>
/// 10,000 classic groups of 5 members that heartbeat every 3 s, over 500 connections that were open before the memory was
/// looked at. Groups gather 100 at a time, so that no connection has two joins that wait.
/// </summary>
internal sealed class CrowdWorkload()
    : Workload("group-crowd", "50,000 members of 10,000 classic groups, heartbeats every 3 s", Figure.MemoryPerMember)
{
    private const int GroupsFull = 10_000;
    private const int MembersEach = 5;
    private const int AtOnce = 100;
    private const int IntervalMs = 3_000;
    private static readonly TimeSpan TimeMax = TimeSpan.FromSeconds(60);

    internal override bool WarmsUp => false;

    internal override bool CanRunOn(BrokerUnderTest broker) => broker.CanStartAside;

    internal override RoundResult Run(RunContext context)
    {
        using LocalBroker broker = context.Broker.Aside("group.initial.rebalance.delay.ms=200");
        broker.Start(context.Cancellation);
        BenchTopic topic = broker.CreateTopic(MembersEach, context.Cancellation);
        string[] names = [.. Enumerable.Range(0, (int)context.Scale.DataBytes(GroupsFull)).Select(_ => GroupAccess.NewName())];
        GroupAccess.AwaitReady(broker.Address, names, topic.Name, context.Cancellation);
        using GroupLoad load = new(broker.Address, AtOnce * MembersEach);
        ClassicTerms terms = new(topic.Name, MembersEach, SessionTimeoutMs: 45_000, IntervalMs);
        double memory = ProcessFigures.AnonymousMemoryMib(broker.Process!.Value);
        long start = LoadClock.Now;
        Gather(load, names, terms, context);
        RoundResult result = new();
        result[Figure.Gathering] = (LoadClock.Now - start) / 1e9;
        load.Run(TimeSpan.FromMilliseconds(IntervalMs), context.Cancellation);
        Crowd.NoteSteady(load, broker, memory, names.Length * MembersEach, context, result);
        return result;
    }

    private static void Gather(GroupLoad load, string[] names, ClassicTerms terms, RunContext context)
    {
        Random random = new(1);
        foreach (string[] some in names.Chunk(AtOnce))
        {
            long now = LoadClock.Now;
            ClassicMember[] members =
                [.. some.SelectMany(name => Enumerable.Range(0, MembersEach).Select(_ => new ClassicMember(name, terms, now, random)))];
            foreach ((int lane, ClassicMember member) in members.Index())
            {
                load.Add(member, lane);
            }

            load.RunUntil(
                () => Array.TrueForAll(members, member => member.IsStable), TimeMax, "classic groups do not come to rest", context.Cancellation);
        }
    }
}

/// <summary>What many members cost when all is quiet.</summary>
internal static class Crowd
{
    private const int RunLengths = 2;

    /// <param name="load">All members, at rest.</param>
    /// <param name="broker">The broker that has them.</param>
    /// <param name="memoryBefore">Its memory without files before they came, in MiB.</param>
    /// <param name="members">How many there are.</param>
    /// <param name="context">The run.</param>
    /// <param name="result">Gets the figures.</param>
    internal static void NoteSteady(
        GroupLoad load, LocalBroker broker, double memoryBefore, int members, RunContext context, RoundResult result)
    {
        LatencyHistogram waits = new();
        load.Waits = waits;
        TimeSpan time = context.Limit.Time * RunLengths;
        Gauge gauge = Gauge.StartAmid(broker);
        load.Run(time, context.Cancellation);
        gauge.Stop();
        result[Figure.MemoryPerMember] = (ProcessFigures.AnonymousMemoryMib(broker.Process!.Value) - memoryBefore) * 1024 / members;
        result[Figure.Heartbeats] = waits.Count / time.TotalSeconds;
        result[Figure.CpuPerMillionHeartbeats] = gauge.BrokerCpuSeconds!.Value / waits.Count * 1e6;
        result[Figure.WaitMedian] = waits.Percentile(0.5) / 1e6;
        result[Figure.WaitP99] = waits.Percentile(0.99) / 1e6;
        result[Figure.WaitMax] = waits.Max / 1e6;
        gauge.NoteTo(result);
    }
}
