using KLog.Bench.Throughput.Brokers;
using KLog.Bench.Throughput.Load;
using KLog.Bench.Throughput.Load.Groups;
using KLog.Bench.Throughput.Statistics;

namespace KLog.Bench.Throughput.Workloads.Groups;

/// <summary>One consumer group (KIP-848) of 1,000 members, with as many partitions, that heartbeat every second over 100 connections.</summary>
internal sealed class LargeGroupWorkload()
    : Workload("group-large", "1,000 members of one consumer group, heartbeats every second", Figure.Gathering)
{
    private const int MembersFull = 1_000;
    private const int Connections = 100;
    private const int IntervalMs = 1_000;
    private static readonly TimeSpan TimeMax = TimeSpan.FromSeconds(120);

    internal override bool WarmsUp => false;

    internal override bool CanRunOn(BrokerUnderTest broker) => broker.CanStartAside && broker.HasConsumerProtocol;

    internal override RoundResult Run(RunContext context)
    {
        using LocalBroker broker = context.Broker.Aside(
            $"group.consumer.heartbeat.interval.ms={IntervalMs}", $"group.consumer.min.heartbeat.interval.ms={IntervalMs}");
        broker.Start(context.Cancellation);
        int count = (int)context.Scale.DataBytes(MembersFull);
        BenchTopic topic = broker.CreateTopic(count, context.Cancellation);
        string group = GroupAccess.NewName();
        GroupAccess.AwaitReady(broker.Address, [group], topic.Name, context.Cancellation);
        using GroupLoad load = new(broker.Address, Math.Min(count, Connections));
        double memory = ProcessFigures.AnonymousMemoryMib(broker.Process!.Value);
        double cpu = ProcessFigures.CpuSeconds(broker.Process.Value);
        long start = LoadClock.Now;
        ConsumerMember[] members = [.. Enumerable.Range(0, count).Select(i => new ConsumerMember(group, topic.Name, start + (i * 1_000_000L)))];
        foreach ((int at, ConsumerMember member) in members.Index())
        {
            load.Add(member, at % Connections);
        }

        load.RunUntil(() => ConsumerGroupSight.IsSteady(members, count), TimeMax, "the group does not come to rest", context.Cancellation);
        RoundResult result = new();
        result[Figure.Gathering] = (LoadClock.Now - start) / 1e9;
        result[Figure.LoadCpu] = ProcessFigures.CpuSeconds(broker.Process.Value) - cpu;
        Crowd.NoteSteady(load, broker, memory, count, context, result);
        return result;
    }
}
