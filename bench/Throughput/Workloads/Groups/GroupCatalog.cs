using KLog.Bench.Throughput.Statistics;

namespace KLog.Bench.Throughput.Workloads.Groups;

/// <summary>The workloads of consumer groups; their goals refer to Kafka 4. Run when named.</summary>
internal static class GroupCatalog
{
    /// <summary>The name that stands for all but those of many members.</summary>
    internal const string Group = "groups";

    internal static readonly Workload[] Workloads =
    [
        new CommitWorkload(),
        new JoinWorkload(),
        new FailoverWorkload(),
        new OffsetLoadWorkload(),
    ];

    /// <summary>What needs much. 1,000 members are too few for a goal on memory: what the first ones bring along weighs more.</summary>
    internal static readonly Workload[] Crowds = [new CrowdWorkload(), new LargeGroupWorkload()];

    internal static readonly Goal[] Goals =
    [
        new("group-commits", Figure.Commits, GoalKind.RatioAtLeast, 2),
        new("group-join", Figure.JoinTime, GoalKind.RatioAtMost, 1),
        new("group-join", Figure.JoinCpu, GoalKind.RatioAtMost, 0.5),
        new("group-failover", Figure.Failover, GoalKind.ValueAtMost, FailoverWorkload.GoalSeconds),
        new("group-load", Figure.OffsetsLoaded, GoalKind.RatioAtMost, 0.5),
        new("group-crowd", Figure.MemoryPerMember, GoalKind.ValueAtMost, 4),
    ];
}
