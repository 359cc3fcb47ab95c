using System.Net;
using KLog.Protocol;
using KLog.Protocol.Messages;
using Group = KLog.Protocol.Messages.OffsetFetchRequest.OffsetFetchRequestGroup;

namespace KLog.Bench.Throughput.Load.Groups;

/// <summary>What the runs ask of a coordinator beside their load. The versions name many groups at once, and topics by name.</summary>
internal static class GroupAccess
{
    private const short FindVersion = 4;
    private const short FetchVersion = 8;
    private static readonly TimeSpan ReadyTimeMax = TimeSpan.FromSeconds(120);
    private static int s_made;

    /// <summary>A name that no other group has.</summary>
    internal static string NewName() => $"klog-bench-{Environment.ProcessId}-{++s_made:d5}";

    /// <summary>Waits until these groups have a coordinator that is ready for them; the first time it makes the topic of offsets.</summary>
    internal static void AwaitReady(IPEndPoint broker, string[] groups, string topic, CancellationToken cancellation)
    {
        long giveUp = LoadClock.Now + LoadClock.Nanoseconds(ReadyTimeMax);
        using ControlConnection control = new(broker);
        while (!IsFound(control, groups))
        {
            TopicAccess.WaitOrGiveUp(giveUp, "groups have no coordinator", cancellation);
        }

        while (!IsServed(control, groups, topic))
        {
            TopicAccess.WaitOrGiveUp(giveUp, "the coordinator does not serve its groups", cancellation);
        }
    }

    /// <summary>Whether the broker tells an offset, or that there is none, for each of the groups.</summary>
    internal static bool IsServed(ControlConnection control, string[] groups, string topic) =>
        Fetch(control, groups, topic, [0]).Groups.All(group => group.ErrorCode == ErrorCode.None);

    internal static OffsetFetchResponse Fetch(ControlConnection control, string[] groups, string topic, int[] partitions) =>
        control.Call<OffsetFetchRequest, OffsetFetchResponse>(
            new OffsetFetchRequest
            {
                Groups =
                [
                    .. groups.Select(group => new Group
                    {
                        GroupId = group,
                        Topics = [new Group.OffsetFetchRequestTopics { Name = topic, PartitionIndexes = partitions }],
                    }),
                ],
            },
            FetchVersion);

    private static bool IsFound(ControlConnection control, string[] groups) =>
        control.Call<FindCoordinatorRequest, FindCoordinatorResponse>(
            new FindCoordinatorRequest { CoordinatorKeys = groups }, FindVersion)
            .Coordinators.All(each => each.ErrorCode == ErrorCode.None);
}
