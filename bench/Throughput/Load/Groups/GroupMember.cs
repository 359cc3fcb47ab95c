namespace KLog.Bench.Throughput.Load.Groups;

/// <summary>
/// ◆ A simulated member of a group: what it asks next and when, and what it makes of the answers. It has one request in
/// flight at most, and knows neither clock nor connection.
/// </summary>
internal abstract class GroupMember(string groupId)
{
    internal const long Never = long.MaxValue;

    internal string GroupId { get; } = groupId;

    /// <summary>The load clock at which it has something to ask; <see cref="Never"/> while it waits for an answer.</summary>
    internal long DueAt { get; private protected set; }

    /// <summary>When its last request was sent.</summary>
    internal long AskedAt { get; private protected set; }

    /// <summary>Makes its next request; the clock is at <paramref name="now"/>.</summary>
    internal byte[] Ask(long now, int correlationId)
    {
        AskedAt = now;
        DueAt = Never;
        return Next(correlationId);
    }

    /// <summary>Takes the answer to its last request.</summary>
    /// <exception cref="LoadException">It is not one that a member can live with.</exception>
    internal abstract void Take(Memory<byte> answer, long now);

    private protected abstract byte[] Next(int correlationId);
}
