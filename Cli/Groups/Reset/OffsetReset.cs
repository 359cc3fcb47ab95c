using KLog.Clients.Admin;
using KLog.Clients.Errors;
using KLog.Protocol;

namespace KLog.Cli.Groups.Reset;

/// <summary>Resets groups one after the other. One that has members is left alone, and so is one that fails; the others go on.</summary>
internal sealed class OffsetReset(AdminClient admin, ResetPlanning planning, bool isExecuted)
{
    private readonly Dictionary<string, IReadOnlyDictionary<TopicPartition, long>> _offsets = [];

    /// <summary>What each group has now, or would have.</summary>
    public IReadOnlyDictionary<string, IReadOnlyDictionary<TopicPartition, long>> Offsets => _offsets;

    /// <returns>The exit code.</returns>
    public async Task<int> RunAsync(IReadOnlyList<string> groups, CancellationToken cancellation)
    {
        int exitCode = 0;
        IReadOnlyDictionary<string, AdminResult<GroupDescription>> described = await admin.DescribeGroupsAsync(groups, cancellation);
        foreach (string group in groups)
        {
            try
            {
                CheckIsInactive(group, described[group]);
                IReadOnlyDictionary<TopicPartition, long> offsets = await planning.PlanAsync(group, cancellation);
                if (isExecuted && offsets.Count > 0)
                {
                    await CommitAsync(group, offsets, cancellation);
                }

                _offsets[group] = offsets;
            }
            catch (Exception error) when (error is KafkaException or UserErrorException)
            {
                exitCode = CommandLine.Failed;
                await Console.Error.WriteLineAsync($"klog: {error.Message}");
            }
        }

        return exitCode;
    }

    /// <summary>A group that does not exist is inactive, too: it comes to be by its offsets.</summary>
    private static void CheckIsInactive(string group, AdminResult<GroupDescription> described)
    {
        if (described.Error is { ErrorCode: not ErrorCode.GroupIdNotFound } error)
        {
            throw error;
        }

        if (described.TryGet(out GroupDescription? found) && found.State is not (GroupState.Empty or GroupState.Dead))
        {
            throw new UserErrorException($"group '{group}': it is {found.State}, and can be reset only when it is inactive: stop its {found.Members.Count} members");
        }
    }

    private async Task CommitAsync(string group, IReadOnlyDictionary<TopicPartition, long> offsets, CancellationToken cancellation)
    {
        IReadOnlyDictionary<TopicPartition, AdminResult<Done>> results = await admin.AlterGroupOffsetsAsync(
            group, offsets.ToDictionary(each => each.Key, each => new CommittedOffset(each.Value)), cancellation);
        if (results.Values.Select(each => each.Error).FirstOrDefault(each => each is not null) is { } error)
        {
            throw new UserErrorException($"group '{group}': not all offsets were committed: {error.Message}");
        }
    }
}
