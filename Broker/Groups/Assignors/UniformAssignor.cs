namespace KLog.Broker.Groups.Assignors;

/// <summary>
/// ◆ <c>uniform</c>: as many partitions for every member as its topics allow, to within one; then as few moves as that
/// needs; then the partitions that do move spread topic by topic. How many each subscription gets of each topic comes first
/// (<see cref="TopicShares"/>), then which member has which (<see cref="Handout"/>). Where all subscribe to the same, the
/// first is no question.
/// </summary>
internal sealed class UniformAssignor : IPartitionAssignor
{
    public string Name => "uniform";

    public IReadOnlyDictionary<string, MemberPartitions> Assign(AssignmentInput input)
    {
        NumberedGroup group = new(input);
        int[] owners = group.Owners();
        TopicShares before = new(group, owners);
        TopicShares after = new(group, owners);
        after.PlaceFree();
        after.Balance();
        return new Handout(group, owners, before, after).Assign();
    }
}
