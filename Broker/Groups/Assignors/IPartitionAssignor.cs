namespace KLog.Broker.Groups.Assignors;

/// <summary>◆ Shares partitions among the members of a consumer group (KIP-848). Has no state.</summary>
internal interface IPartitionAssignor
{
    /// <summary>As members name it.</summary>
    string Name { get; }

    /// <summary>
    /// What each member is to have, by member id; a member that gets nothing is there too. Every partition of a topic that
    /// a member subscribes to goes to exactly one of its subscribers.
    /// </summary>
    IReadOnlyDictionary<string, MemberPartitions> Assign(AssignmentInput input);
}

/// <summary>◆ What an assignor goes by.</summary>
/// <param name="Partitions">How many partitions each topic has; a topic that is not here does not exist.</param>
internal sealed record AssignmentInput(
    IReadOnlyList<AssignedMember> Members, IReadOnlyDictionary<Guid, int> Partitions);

/// <summary>◆ A member as its assignor sees it.</summary>
/// <param name="Topics">What it subscribes to.</param>
/// <param name="Current">Its target so far.</param>
internal sealed record AssignedMember(
    string MemberId, string? InstanceId, IReadOnlySet<Guid> Topics, MemberPartitions Current);
