namespace KLog.Broker.Groups.Assignors;

/// <summary>The assignors that there are, by name.</summary>
internal static class PartitionAssignors
{
    public static IReadOnlyDictionary<string, IPartitionAssignor> All { get; } =
        new IPartitionAssignor[] { new UniformAssignor(), new RangeAssignor() }.ToDictionary(each => each.Name);
}
