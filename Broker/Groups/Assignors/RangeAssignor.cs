namespace KLog.Broker.Groups.Assignors;

/// <summary>
/// ◆ <c>range</c>: of each topic, its subscribers get one range each, in their order, and the first ones one partition more
/// where it does not come out even. Topics with as many partitions and the same subscribers are shared out alike, so that
/// what belongs together by its key comes to the same member. The order is what is sticky: who stays has its range, shifted
/// by what comes and goes before it.
/// </summary>
internal sealed class RangeAssignor : IPartitionAssignor
{
    public string Name => "range";

    public IReadOnlyDictionary<string, MemberPartitions> Assign(AssignmentInput input)
    {
        NumberedGroup group = new(input);
        int[] subscribers = new int[group.TopicCount];
        foreach (int subscription in group.SubscriptionOf)
        {
            foreach (int topic in group.TopicsOf[subscription])
            {
                subscribers[topic]++;
            }
        }

        int[] served = new int[group.TopicCount];
        List<(int Topic, int Start, int End)> ranges = [];
        Dictionary<string, MemberPartitions> assignment = new(group.Members.Length);
        for (int member = 0; member < group.Members.Length; member++)
        {
            ranges.Clear();
            foreach (int topic in group.TopicsOf[group.SubscriptionOf[member]])
            {
                (int each, int more) = Math.DivRem(group.PartitionsIn(topic), subscribers[topic]);
                int turn = served[topic]++;
                int start = (turn * each) + Math.Min(turn, more);
                int end = start + each + (turn < more ? 1 : 0);
                if (end > start)
                {
                    ranges.Add((topic, start, end));
                }
            }

            assignment[group.Members[member].MemberId] = Partitions(group, ranges, group.Members[member].Current);
        }

        return assignment;
    }

    private static MemberPartitions Partitions(NumberedGroup group, List<(int Topic, int Start, int End)> ranges, MemberPartitions current)
    {
        bool isSame = current.Topics.Count == ranges.Count && ranges.TrueForAll(range =>
            current.Topics.TryGetValue(group.IdOf(range.Topic), out var partitions)
            && partitions.Count == range.End - range.Start && partitions.Min == range.Start && partitions.Max == range.End - 1);
        return isSame ? current : MemberPartitions.Of(ranges.SelectMany(range =>
            Enumerable.Range(range.Start, range.End - range.Start).Select(partition => (group.IdOf(range.Topic), partition))));
    }
}
