using KLog.Protocol;

namespace KLog.Clients.Admin;

/// <summary>How far a group has come in one partition.</summary>
/// <param name="LeaderEpoch">−1 when it was not told with the commit.</param>
public sealed record CommittedOffset(long Offset, int LeaderEpoch = -1, string Metadata = "");

/// <summary>Which offset of a log is asked for: a time in ms since 1970, or one of the special times below 0.</summary>
/// <param name="Time">As it goes over the wire.</param>
public readonly record struct OffsetSpec(long Time)
{
    public static readonly OffsetSpec Latest = new(-1);
    public static readonly OffsetSpec Earliest = new(-2);

    /// <summary>Of the record with the greatest timestamp (KIP-734).</summary>
    public static readonly OffsetSpec MaxTimestamp = new(-3);

    /// <summary>The earliest that is on the broker's own disks (KIP-405).</summary>
    public static readonly OffsetSpec EarliestLocal = new(-4);

    /// <summary>The latest that is in tiered storage (KIP-1005).</summary>
    public static readonly OffsetSpec LatestTiered = new(-5);

    /// <summary>The earliest that waits for its upload to tiered storage (KIP-1023).</summary>
    public static readonly OffsetSpec EarliestPendingUpload = new(-6);

    /// <summary>Of the first record at that time or later.</summary>
    public static OffsetSpec ForTime(DateTimeOffset time) => new(time.ToUnixTimeMilliseconds());

    /// <summary>The first version of ListOffsets that has it.</summary>
    internal short VersionMin => Time switch
    {
        -3 => 7,
        -4 => 8,
        -5 => 9,
        -6 => 11,
        _ => 1,
    };
}

/// <summary>An offset of a log.</summary>
/// <param name="Offset">−1 when there is none: no record is as late as that.</param>
/// <param name="Timestamp">Of the record there, ms since 1970; −1 when no record was asked for by time.</param>
public sealed record ListedOffset(long Offset, long Timestamp, int LeaderEpoch);

/// <summary>A cluster: its id, its controller (−1 when there is none), its brokers.</summary>
public sealed record ClusterDescription(string? ClusterId, int ControllerId, IReadOnlyList<Metadata.BrokerNode> Brokers);

/// <summary>How much of a partition a group has not read yet.</summary>
public static class Lag
{
    /// <summary>As Kafka's tools count: the end less the committed offset. Null when either is not known.</summary>
    public static long? Of(long? committed, long? end) => committed is >= 0 && end is not null ? end - committed : null;
}
