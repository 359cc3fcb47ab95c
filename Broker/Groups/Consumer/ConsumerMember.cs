using KLog.Protocol.Messages;

namespace KLog.Broker.Groups.Consumer;

/// <summary>Where a member is on its way to its target (KIP-848). The numbers are those of its record.</summary>
internal enum ReconciliationState : sbyte
{
    /// <summary>It has what its epoch's target gives it.</summary>
    Stable = 0,

    /// <summary>It has still to give back what is pending revocation; its epoch waits for that.</summary>
    UnrevokedPartitions = 1,

    /// <summary>It waits for partitions that others have not given back yet.</summary>
    UnreleasedPartitions = 2,

    /// <summary>Written by a coordinator that knows more states: it has to join anew.</summary>
    Unknown = 127,
}

/// <summary>◆ What a member that speaks the classic protocol said when it joined.</summary>
/// <param name="Protocols">In its order of preference; never empty.</param>
internal sealed record ClassicMembership(int SessionTimeoutMs, IReadOnlyList<ClassicProtocol> Protocols);

/// <summary>◆ A member of a consumer group, as the log has it. Immutable.</summary>
internal sealed record ConsumerMember(string MemberId)
{
    /// <summary>The epoch of one that leaves for good.</summary>
    public const int LeaveEpoch = -1;

    /// <summary>The epoch of a static member that is away and will be back (KIP-345).</summary>
    public const int StaticLeaveEpoch = -2;

    public string? InstanceId { get; init; }

    public string? RackId { get; init; }

    public ClientOrigin Origin { get; init; } = new("", "");

    public int RebalanceTimeoutMs { get; init; } = -1;

    /// <summary>The assignor that it asks for; null where it leaves the choice to others.</summary>
    public string? ServerAssignor { get; init; }

    /// <summary>Subscribed by name, in order, each once.</summary>
    public string[] Topics { get; init; } = [];

    /// <summary>Subscribed by a regular expression; null for none.</summary>
    public string? Expression { get; init; }

    /// <summary>Of one that speaks the classic protocol; null for others.</summary>
    public ClassicMembership? Classic { get; init; }

    public int Epoch { get; init; }

    public int PreviousEpoch { get; init; }

    public ReconciliationState State { get; init; }

    public HeldPartitions Assigned { get; init; } = HeldPartitions.None;

    public HeldPartitions PendingRevocation { get; init; } = HeldPartitions.None;

    public bool IsReconciledTo(int targetEpoch) => State == ReconciliationState.Stable && Epoch == targetEpoch;

    public bool HasSameSubscription(ConsumerMember other) => Expression == other.Expression && HasSameTopics(other);

    public bool HasSameTopics(ConsumerMember other) =>
        ReferenceEquals(Topics, other.Topics) || Topics.AsSpan().SequenceEqual(other.Topics);

    /// <summary>The member with what a heartbeat says of it; itself where that is nothing new.</summary>
    public ConsumerMember With(ConsumerGroupHeartbeatRequest request, ClientOrigin origin)
    {
        string? expression = request.SubscribedTopicRegex is { } said ? (said.Length == 0 ? null : said) : Expression;
        string? assignor = string.IsNullOrEmpty(request.ServerAssignor) ? ServerAssignor : request.ServerAssignor;
        int rebalanceTimeoutMs = request.RebalanceTimeoutMs == -1 ? RebalanceTimeoutMs : request.RebalanceTimeoutMs;
        string? rack = request.RackId ?? RackId;
        string[] topics = request.SubscribedTopicNames is { } names ? InOrder(names) : Topics;
        bool isSame = Classic is null
            && origin == Origin
            && expression == Expression
            && assignor == ServerAssignor
            && rebalanceTimeoutMs == RebalanceTimeoutMs
            && rack == RackId
            && (request.InstanceId ?? InstanceId) == InstanceId
            && (ReferenceEquals(topics, Topics) || topics.AsSpan().SequenceEqual(Topics));
        return isSame ? this : this with
        {
            InstanceId = request.InstanceId ?? InstanceId,
            RackId = rack,
            Origin = origin,
            RebalanceTimeoutMs = rebalanceTimeoutMs,
            ServerAssignor = assignor,
            Topics = topics,
            Expression = expression,
            Classic = null,
        };
    }

    /// <summary>Topic names as members keep them.</summary>
    public static string[] InOrder(IEnumerable<string> names) =>
        [.. names.Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal)];
}
