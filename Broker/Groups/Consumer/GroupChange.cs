using KLog.Broker.Metadata;

namespace KLog.Broker.Groups.Consumer;

/// <summary>
/// ◆ A change of a group that holds as soon as its records are in the log, all of them or none: then
/// <see cref="ConsumerGroup.Accept"/> takes it. Where they do not get there, it is dropped, and nothing has happened.
/// </summary>
/// <param name="Records">In the order in which they are to be appended; not empty.</param>
/// <param name="Downgrade">
/// Where the group becomes a classic one: the classic group's own record is appended behind <paramref name="Records"/>, and
/// it takes the place of this one, which is of no more use.
/// </param>
internal sealed record GroupChange(IReadOnlyList<GroupRecord> Records, Downgrade? Downgrade)
{
    internal required ConsumerGroupState Before { get; init; }

    internal required ConsumerGroupState After { get; init; }

    /// <summary>What the group has seen of the cluster with it; null for no more than before.</summary>
    internal required ClusterSnapshot? Cluster { get; init; }

    /// <summary>Members that are no more, or are replaced.</summary>
    internal required IReadOnlyList<string> Gone { get; init; }

    internal required IReadOnlyList<DeadlineChange> Deadlines { get; init; }
}

/// <summary>◆ A consumer group that goes on as a classic one, stable in its generation.</summary>
/// <param name="IsRebalanceDue">Whether its members have to be called to join at once.</param>
internal sealed record Downgrade(ClassicGroupFacts Facts, bool IsRebalanceDue);

/// <summary>◆ What a request comes to.</summary>
/// <param name="Response">Sent when <paramref name="Change"/> is in the log.</param>
/// <param name="Change">Null where nothing changes.</param>
internal readonly record struct Outcome<TResponse>(TResponse Response, GroupChange? Change = null);

/// <summary>◆ Why a request is refused.</summary>
internal sealed record Refusal(KLog.Protocol.ErrorCode Error, string Message);
