using KLog.Bench.Throughput.Brokers;
using KLog.Bench.Throughput.Load;
using KLog.Bench.Throughput.Load.Groups;
using KLog.Bench.Throughput.Statistics;

namespace KLog.Bench.Throughput.Workloads.Groups;

/// <summary>
/// 20 classic groups of 5 members, each member on a connection of its own. In each group one falls silent right after a
/// heartbeat was answered, every fifth time the leader; the clock runs from there until the others have its partitions.
/// </summary>
internal sealed class FailoverWorkload()
    : Workload("group-failover", "a member of a classic group of 5 is killed, session time-out 6 s, heartbeats every 500 ms", Figure.Failover)
{
    /// <summary>The session, a heartbeat interval until the last has heard of it, and a tenth of a second for all the rest.</summary>
    internal const double GoalSeconds = ((SessionMs + IntervalMs) / 1000.0) + 0.1;

    private const int GroupCount = 20;
    private const int MembersEach = 5;
    private const int Partitions = 10;
    private const int SessionMs = 6_000;
    private const int IntervalMs = 500;
    private const int WarmUpGatherings = 10;
    private static readonly TimeSpan TimeMax = TimeSpan.FromSeconds(30);
    private readonly Dictionary<BrokerUnderTest, (LocalBroker Broker, BenchTopic Topic)> _made = [];

    /// <summary>It would take minutes; groups come and go in <see cref="Prepare"/> instead.</summary>
    internal override bool WarmsUp => false;

    internal override bool CanRunOn(BrokerUnderTest broker) => broker.CanStartAside;

    internal override void Prepare(RunContext context)
    {
        LocalBroker aside = context.Broker.Aside("group.initial.rebalance.delay.ms=0");
        aside.Start(context.Cancellation);
        BenchTopic topic = aside.CreateTopic(Partitions, context.Cancellation);
        _made[context.Broker] = (aside, topic);
        for (int i = 0; i < WarmUpGatherings; i++)
        {
            using GroupLoad load = new(aside.Address, GroupCount * MembersEach);
            ClassicMember[][] groups = Gather(load, aside, topic, new Random(i), context);
            Leave(load, groups, context);
        }
    }

    internal override RoundResult Run(RunContext context)
    {
        (LocalBroker broker, BenchTopic topic) = _made[context.Broker];
        using GroupLoad load = new(broker.Address, GroupCount * MembersEach);
        ClassicMember[][] groups = Gather(load, broker, topic, new Random(1), context);
        Gauge gauge = Gauge.StartAmid(broker);
        foreach ((int at, ClassicMember[] members) in groups.Index())
        {
            members[at % MembersEach].Silence();
        }

        load.RunUntil(
            () => groups.All(members => Took(members) is not null), TimeMax, "partitions of a silent member are not given to others", context.Cancellation);
        gauge.Stop();
        Summary summary = Summary.Of(groups.Select(members => Took(members)!.Value));
        RoundResult result = new();
        result[Figure.Failover] = summary.Max;
        result[Figure.FailoverMedian] = summary.Median;
        gauge.NoteTo(result);
        Leave(load, groups, context);
        return result;
    }

    internal override void Finish(BrokerUnderTest broker)
    {
        if (_made.Remove(broker, out (LocalBroker Broker, BenchTopic Topic) made))
        {
            made.Broker.Dispose();
        }
    }

    /// <summary>Seconds from the silence of one until the last of the others has its new share; null before.</summary>
    private static double? Took(ClassicMember[] members)
    {
        ClassicMember? silent = members.FirstOrDefault(member => member.SilentSince is not null);
        ClassicMember[] others = [.. members.Where(member => member != silent)];
        return silent is not null && others.All(member => member.IsStable) && others.Sum(member => member.Partitions.Length) == Partitions
            ? (others.Max(member => member.AssignedAt) - silent.SilentSince!.Value) / 1e9
            : null;
    }

    private static ClassicMember[][] Gather(GroupLoad load, LocalBroker broker, BenchTopic topic, Random random, RunContext context)
    {
        ClassicTerms terms = new(topic.Name, Partitions, SessionMs, IntervalMs);
        string[] names = [.. Enumerable.Range(0, GroupCount).Select(_ => GroupAccess.NewName())];
        GroupAccess.AwaitReady(broker.Address, names, topic.Name, context.Cancellation);
        long now = LoadClock.Now;
        ClassicMember[][] groups =
            [.. names.Select(name => Enumerable.Range(0, MembersEach).Select(_ => new ClassicMember(name, terms, now, random)).ToArray())];
        foreach ((int lane, ClassicMember member) in groups.SelectMany(members => members).Index())
        {
            load.Add(member, lane);
        }

        load.RunUntil(
            () => groups.All(members => members.All(member => member.IsStable) && members.Sum(member => member.Partitions.Length) == Partitions),
            TimeMax, "classic groups do not come to rest", context.Cancellation);
        return groups;
    }

    /// <summary>All but the silent ones, which nobody is left to wait for.</summary>
    private static void Leave(GroupLoad load, ClassicMember[][] groups, RunContext context)
    {
        ClassicMember[] living = [.. groups.SelectMany(members => members).Where(member => member.SilentSince is null)];
        load.RunUntil(() => living.All(member => member.DueAt != GroupMember.Never), TimeMax, "a heartbeat is not answered", context.Cancellation);
        foreach (ClassicMember member in living)
        {
            member.Leave(LoadClock.Now);
            load.Wake(member);
        }

        load.RunUntil(() => living.All(member => member.HasLeft), TimeMax, "members cannot leave", context.Cancellation);
    }
}
