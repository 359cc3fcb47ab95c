namespace KLog.Bench.Throughput.Load.Groups;

/// <summary>◆ How far a consumer group has come, as its members see it.</summary>
internal static class ConsumerGroupSight
{
    /// <summary>
    /// Whether every member is in the same epoch and has its share: each partition is owned once, and no member has two
    /// fewer than another.
    /// </summary>
    internal static bool IsBalanced(IReadOnlyCollection<ConsumerMember> members, int partitions)
    {
        int epoch = members.First().Epoch;
        int least = int.MaxValue;
        int most = 0;
        int all = 0;
        foreach (ConsumerMember member in members)
        {
            if (member.Epoch != epoch || epoch == 0)
            {
                return false;
            }

            all += member.Owned.Length;
            least = Math.Min(least, member.Owned.Length);
            most = Math.Max(most, member.Owned.Length);
        }

        return all == partitions && most - least <= 1
            && members.SelectMany(member => member.Owned).Distinct().Count() == partitions;
    }

    /// <summary>Whether that is so, and the coordinator knows it.</summary>
    internal static bool IsSteady(IReadOnlyCollection<ConsumerMember> members, int partitions) =>
        IsBalanced(members, partitions) && members.All(member => member.HasReported);
}
