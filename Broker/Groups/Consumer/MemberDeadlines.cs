namespace KLog.Broker.Groups.Consumer;

/// <summary>◆ What a member can be late with.</summary>
internal enum DeadlineKind
{
    /// <summary>Being heard of at all.</summary>
    Session,

    /// <summary>Giving back what is pending revocation.</summary>
    Revocation,

    /// <summary>Joining again, of one that speaks the classic protocol, when it has been told to.</summary>
    Join,

    /// <summary>Asking for its assignment, of one that speaks the classic protocol, when it has joined.</summary>
    Sync,
}

/// <summary>◆ A deadline that is set with a change; <see cref="MemberDeadlines.Never"/> takes it away.</summary>
internal readonly record struct DeadlineChange(string MemberId, DeadlineKind Kind, long AtMs);

/// <summary>
/// ◆ The deadlines of a group's members: plain numbers, of which a heartbeat overwrites one. There is no timer behind them;
/// <see cref="NextMs"/> says when it is worth looking.
/// </summary>
internal sealed class MemberDeadlines
{
    public const long Never = long.MaxValue;

    private static readonly int Kinds = Enum.GetValues<DeadlineKind>().Length;

    private readonly Dictionary<string, long[]> _members = [];

    /// <summary>No deadline is before this; it may be that none is at it either, as most are moved away in time.</summary>
    public long NextMs { get; private set; } = Never;

    public void Set(string memberId, DeadlineKind kind, long atMs)
    {
        if (!_members.TryGetValue(memberId, out long[]? deadlines))
        {
            deadlines = new long[Kinds];
            Array.Fill(deadlines, Never);
            _members[memberId] = deadlines;
        }

        deadlines[(int)kind] = atMs;
        NextMs = Math.Min(NextMs, atMs);
    }

    public long Of(string memberId, DeadlineKind kind) =>
        _members.TryGetValue(memberId, out long[]? deadlines) ? deadlines[(int)kind] : Never;

    public void Remove(string memberId) => _members.Remove(memberId);

    public void Clear()
    {
        _members.Clear();
        NextMs = Never;
    }

    /// <summary>The members that are late with something.</summary>
    public IReadOnlyList<string> Late(long nowMs) =>
        nowMs < NextMs ? [] : [.. _members.Where(member => member.Value.Any(atMs => atMs <= nowMs)).Select(member => member.Key)];

    /// <summary>Finds <see cref="NextMs"/> anew.</summary>
    public void Recount() => NextMs = _members.Values.SelectMany(deadlines => deadlines).DefaultIfEmpty(Never).Min();
}
