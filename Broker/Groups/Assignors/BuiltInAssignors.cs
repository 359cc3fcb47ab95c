namespace KLog.Broker.Groups.Assignors;

/// <summary>◆ The assignors that there are.</summary>
internal static class BuiltInAssignors
{
    private static readonly IPartitionAssignor[] All = [new UniformAssignor(), new RangeAssignor()];

    /// <summary>Those that <c>group.consumer.assignors</c> allows, by the name that members ask for them by.</summary>
    public static IReadOnlyDictionary<string, IPartitionAssignor> AllowedBy(ConsumerGroupSettings settings) =>
        All.Where(assignor => settings.Assignors.Contains(assignor.Name)).ToDictionary(assignor => assignor.Name);
}
