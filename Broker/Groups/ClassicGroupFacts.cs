namespace KLog.Broker.Groups;

/// <summary>◆ What of a classic group goes over into a consumer group, and back (KIP-848).</summary>
/// <param name="ProtocolType"><c>consumer</c>, or the group cannot go over.</param>
/// <param name="Protocol">The assignor that was chosen; null before the first generation.</param>
/// <param name="Leader">A member's id; null in a group without members.</param>
internal sealed record ClassicGroupFacts(
    string GroupId,
    int Generation,
    string? ProtocolType,
    string? Protocol,
    string? Leader,
    IReadOnlyList<ClassicMemberFacts> Members);

/// <summary>◆ One of its members.</summary>
/// <param name="Protocols">In the member's order of preference.</param>
/// <param name="Assignment">As the leader gave it; empty before.</param>
internal sealed record ClassicMemberFacts(
    string MemberId,
    string? InstanceId,
    ClientOrigin Origin,
    int RebalanceTimeoutMs,
    int SessionTimeoutMs,
    IReadOnlyList<ClassicProtocol> Protocols,
    ReadOnlyMemory<byte> Assignment);

/// <summary>◆ An assignor that a member can play, with what it says of itself under it.</summary>
internal sealed record ClassicProtocol(string Name, ReadOnlyMemory<byte> Metadata);
