namespace KLog.Broker.Groups.Offsets;

/// <summary>◆ How far a group has come in a partition.</summary>
/// <param name="LeaderEpoch">Of the last record consumed; -1 where the client did not say.</param>
/// <param name="CommittedAtMs">Wall time.</param>
/// <param name="ExpiresAtMs">Whatever the group does; -1 where its commit did not ask for it (all since Kafka 2.1).</param>
/// <param name="RecordOffset">Of its record in <c>__consumer_offsets</c>: tells which of two commits came later.</param>
internal readonly record struct CommittedOffset(
    long Offset, int LeaderEpoch, string Metadata, long CommittedAtMs, long ExpiresAtMs = -1, long RecordOffset = -1);
