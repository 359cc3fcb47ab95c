using KLog.Bench.Throughput.Brokers;
using KLog.Bench.Throughput.Load;
using KLog.Bench.Throughput.Load.Groups;
using KLog.Bench.Throughput.Statistics;

namespace KLog.Bench.Throughput.Workloads.Groups;

/// <summary>100 groups, each on a connection of its own, each with one commit of one partition in flight.</summary>
internal sealed class CommitWorkload()
    : Workload("group-commits", "offset commits of 100 groups, one in flight each", Figure.Commits)
{
    private const int GroupCount = 100;
    private readonly Dictionary<BrokerUnderTest, (BenchTopic Topic, string[] Groups)> _made = [];

    internal override void Prepare(RunContext context)
    {
        BenchTopic topic = context.Broker.CreateTopic(1, context.Cancellation);
        string[] groups = [.. Enumerable.Range(0, GroupCount).Select(_ => GroupAccess.NewName())];
        _made[context.Broker] = (topic, groups);
        GroupAccess.AwaitReady(context.Broker.Address, groups, topic.Name, context.Cancellation);
    }

    internal override RoundResult Run(RunContext context)
    {
        (BenchTopic topic, string[] groups) = _made[context.Broker];
        CommitLane[] lanes = [.. groups.Select(group => new CommitLane(context.Broker.Address, group, topic.Name))];
        try
        {
            RoundResult result = new();
            LatencyHistogram waits = new();
            Gauge gauge = Gauge.Start(context.Broker);
            LoadOutcome outcome = CommitLoad.Run(lanes, context.Limit.Time, waits, context.Meter, context.Cancellation);
            gauge.Stop();
            result[Figure.Commits] = outcome.Requests / outcome.Seconds;
            if (gauge.BrokerCpuSeconds is { } seconds)
            {
                result[Figure.CpuPerMillionCommits] = seconds / outcome.Requests * 1e6;
            }

            result[Figure.WaitMedian] = waits.Percentile(0.5) / 1e6;
            result[Figure.WaitP99] = waits.Percentile(0.99) / 1e6;
            result[Figure.WaitMax] = waits.Max / 1e6;
            gauge.NoteTo(result);
            return result;
        }
        finally
        {
            foreach (CommitLane lane in lanes)
            {
                lane.Dispose();
            }
        }
    }

    internal override void Finish(BrokerUnderTest broker)
    {
        if (_made.Remove(broker, out (BenchTopic Topic, string[] Groups) made))
        {
            made.Topic.Dispose();
        }
    }
}
