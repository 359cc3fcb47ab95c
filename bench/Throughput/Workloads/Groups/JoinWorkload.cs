using KLog.Bench.Throughput.Brokers;
using KLog.Bench.Throughput.Load;
using KLog.Bench.Throughput.Load.Groups;
using KLog.Bench.Throughput.Statistics;

namespace KLog.Bench.Throughput.Workloads.Groups;

/// <summary>
/// A consumer group (KIP-848) of 50 members that heartbeat twice a second, each on a connection of its own, at times spread
/// over the interval. One more joins, again and again, each time at another moment between the others' heartbeats, and
/// leaves when all is quiet. The clock runs from its first request until the last member has what it is to have.
/// </summary>
internal sealed class JoinWorkload()
    : Workload("group-join", "a member joins a consumer group of 50, heartbeats every 500 ms", Figure.JoinTime)
{
    private const int Members = 50;
    private const int Partitions = 200;
    private const int IntervalMs = 500;
    private const int Joins = 10;
    private const int WarmUpJoins = 4;
    private static readonly TimeSpan TimeMax = TimeSpan.FromSeconds(30);

    private static readonly string[] Properties =
        [$"group.consumer.heartbeat.interval.ms={IntervalMs}", $"group.consumer.min.heartbeat.interval.ms={IntervalMs}"];

    private readonly Dictionary<BrokerUnderTest, Gathering> _gatherings = [];

    internal override bool CanRunOn(BrokerUnderTest broker) => broker.CanStartAside && broker.HasConsumerProtocol;

    internal override void Prepare(RunContext context)
    {
        LocalBroker aside = context.Broker.Aside(Properties);
        aside.Start(context.Cancellation);
        _gatherings[context.Broker] = new Gathering(aside, aside.CreateTopic(Partitions, context.Cancellation));
    }

    internal override RoundResult Run(RunContext context)
    {
        (LocalBroker broker, BenchTopic topic) = _gatherings[context.Broker];
        string group = GroupAccess.NewName();
        GroupAccess.AwaitReady(broker.Address, [group], topic.Name, context.Cancellation);
        int joins = context.IsWarmUp ? WarmUpJoins : Joins;
        using GroupLoad load = new(broker.Address, Members + joins);
        long start = LoadClock.Now;
        List<ConsumerMember> members =
            [.. Enumerable.Range(0, Members).Select(i => new ConsumerMember(group, topic.Name, start + (i * IntervalMs * 1_000_000L / Members)))];
        for (int i = 0; i < Members; i++)
        {
            load.Add(members[i], i);
        }

        AwaitSteady(load, members, context);
        List<double> times = [];
        Gauge gauge = Gauge.StartAmid(broker);
        double cpu = 0;
        for (int i = 0; i < joins; i++)
        {
            double before = ProcessFigures.FineCpuSeconds(broker.Process!.Value);
            ConsumerMember newcomer = new(group, topic.Name, LoadClock.Now + 1_000_000);
            members.Add(newcomer);
            long joinsAt = newcomer.DueAt;
            load.Add(newcomer, Members + i);
            load.RunUntil(() => ConsumerGroupSight.IsBalanced(members, Partitions), TimeMax, "a member does not get its share", context.Cancellation);
            times.Add((LoadClock.Now - joinsAt) / 1e9);
            cpu += ProcessFigures.FineCpuSeconds(broker.Process!.Value) - before;
            AwaitSteady(load, members, context);
            Leave(load, members, newcomer, context);

            // So that the next one comes at another moment: a tenth of an interval further on.
            load.Run(TimeSpan.FromMilliseconds(IntervalMs * (1 + (i / (double)joins))), context.Cancellation);
        }

        gauge.Stop();
        RoundResult result = new();
        Summary summary = Summary.Of(times);
        result[Figure.JoinTime] = summary.Median;
        result[Figure.JoinTimeMax] = summary.Max;
        result[Figure.JoinCpu] = cpu / joins * 1000;
        gauge.NoteTo(result);
        members.ForEach(member => member.Leave(LoadClock.Now));
        return result;
    }

    internal override void Finish(BrokerUnderTest broker)
    {
        if (_gatherings.Remove(broker, out Gathering? gathering))
        {
            gathering.Broker.Dispose();
        }
    }

    private static void AwaitSteady(GroupLoad load, IReadOnlyCollection<ConsumerMember> members, RunContext context) =>
        load.RunUntil(() => ConsumerGroupSight.IsSteady(members, Partitions), TimeMax, "the group does not come to rest", context.Cancellation);

    private static void Leave(GroupLoad load, List<ConsumerMember> members, ConsumerMember newcomer, RunContext context)
    {
        load.RunUntil(() => newcomer.DueAt != GroupMember.Never, TimeMax, "a heartbeat is not answered", context.Cancellation);
        newcomer.Leave(LoadClock.Now);
        load.Wake(newcomer);
        members.Remove(newcomer);
        load.RunUntil(() => newcomer.HasLeft, TimeMax, "a member cannot leave", context.Cancellation);
        AwaitSteady(load, members, context);
    }

    private sealed record Gathering(LocalBroker Broker, BenchTopic Topic);
}
