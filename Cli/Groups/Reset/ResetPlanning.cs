using KLog.Clients.Admin;
using KLog.Clients.Metadata;
using KLog.Protocol;

namespace KLog.Cli.Groups.Reset;

/// <summary>Finds the offsets that a group is to have, without changing any.</summary>
/// <param name="topics">Null for all topics that the group has offsets of.</param>
/// <param name="warn">Gets what the user should know, one line each.</param>
internal sealed class ResetPlanning(AdminClient admin, ResetSpec spec, IReadOnlyList<TopicSelection>? topics, Action<string> warn)
{
    public async Task<IReadOnlyDictionary<TopicPartition, long>> PlanAsync(string group, CancellationToken cancellation)
    {
        if (spec is ResetSpec.FromPlan { Plan: var plan })
        {
            return plan.Of(group) is { } planned
                ? await WithinAsync(planned, cancellation)
                : throw new UserErrorException($"group '{group}': the file says nothing of it");
        }

        IReadOnlyDictionary<TopicPartition, CommittedOffset> committed = topics is null || spec is ResetSpec.ToCurrent or ResetSpec.ShiftBy
            ? (await admin.ListGroupOffsetsAsync([group], cancellation))[group].Value
            : new Dictionary<TopicPartition, CommittedOffset>();
        IReadOnlyList<TopicPartition> partitions = topics is null ? [.. committed.Keys] : await PartitionsAsync(topics, cancellation);
        return spec switch
        {
            ResetSpec.ToOffset { Offset: var offset } => await WithinAsync(partitions.ToDictionary(each => each, _ => offset), cancellation),
            ResetSpec.ShiftBy { Count: var count } => await WithinAsync(
                partitions.ToDictionary(each => each, each => Shifted(each, committed.GetValueOrDefault(each), count)), cancellation),
            ResetSpec.ToCurrent => await CurrentAsync(partitions, committed, cancellation),
            ResetSpec.ToLogOffset { Offset: var offset, IsTime: var isTime } => await LogOffsetsAsync(partitions, offset, isTime, cancellation),
            _ => throw new InvalidOperationException($"{spec}"),
        };
    }

    /// <summary>The offset, or the nearest one between a log's start and its end ◆.</summary>
    internal static long Within(TopicPartition partition, long offset, long start, long end, Action<string> warn)
    {
        long nearest = offset > end ? end : offset < start ? start : offset;
        if (nearest != offset)
        {
            string which = offset > end ? "higher than latest" : "lower than earliest";
            warn($"new offset ({offset}) is {which} offset for topic partition {partition}; it will be set to {nearest}");
        }

        return nearest;
    }

    private static long Shifted(TopicPartition partition, CommittedOffset? committed, long count) => committed is null
        ? throw new UserErrorException($"--shift-by: the group has no committed offset of partition {partition}")
        : committed.Offset + count;

    private async Task<IReadOnlyList<TopicPartition>> PartitionsAsync(IReadOnlyList<TopicSelection> selections, CancellationToken cancellation)
    {
        IReadOnlyDictionary<string, AdminResult<TopicView>> known = await admin.DescribeTopicsAsync(
            [.. selections.Select(each => each.Topic).Distinct()], cancellation);
        return [.. selections.SelectMany(each => each.With(known[each.Topic].Value.Partitions.Select(some => some.Index))).Distinct()];
    }

    private async Task<IReadOnlyDictionary<TopicPartition, long>> CurrentAsync(
        IReadOnlyList<TopicPartition> partitions, IReadOnlyDictionary<TopicPartition, CommittedOffset> committed, CancellationToken cancellation)
    {
        IReadOnlyDictionary<TopicPartition, long> ends = await LogOffsetsAsync(
            [.. partitions.Where(each => !committed.ContainsKey(each))], OffsetSpec.Latest, isTime: false, cancellation);
        return partitions.ToDictionary(each => each, each => committed.TryGetValue(each, out CommittedOffset? offset) ? offset.Offset : ends[each]);
    }

    private async Task<IReadOnlyDictionary<TopicPartition, long>> LogOffsetsAsync(
        IReadOnlyList<TopicPartition> partitions, OffsetSpec offset, bool isTime, CancellationToken cancellation)
    {
        IReadOnlyDictionary<TopicPartition, AdminResult<ListedOffset>> found =
            await admin.ListOffsetsAsync(partitions.ToDictionary(each => each, _ => offset), cancellation);
        Dictionary<TopicPartition, long> offsets = found.ToDictionary(each => each.Key, each => each.Value.Value.Offset);
        TopicPartition[] none = isTime ? [.. offsets.Where(each => each.Value < 0).Select(each => each.Key)] : [];
        if (none.Length == 0)
        {
            return offsets;
        }

        foreach ((TopicPartition partition, long end) in await LogOffsetsAsync(none, OffsetSpec.Latest, isTime: false, cancellation))
        {
            warn($"partition {partition} has no record of that time or later; its offset will be the latest, {end}");
            offsets[partition] = end;
        }

        return offsets;
    }

    private async Task<IReadOnlyDictionary<TopicPartition, long>> WithinAsync(
        IReadOnlyDictionary<TopicPartition, long> wanted, CancellationToken cancellation)
    {
        IReadOnlyDictionary<TopicPartition, long> starts = await LogOffsetsAsync([.. wanted.Keys], OffsetSpec.Earliest, isTime: false, cancellation);
        IReadOnlyDictionary<TopicPartition, long> ends = await LogOffsetsAsync([.. wanted.Keys], OffsetSpec.Latest, isTime: false, cancellation);
        return wanted.ToDictionary(each => each.Key, each => Within(each.Key, each.Value, starts[each.Key], ends[each.Key], warn));
    }
}
